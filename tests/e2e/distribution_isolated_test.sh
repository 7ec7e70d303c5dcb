#!/usr/bin/env bash
# The processes of an isolated step find each other, write their logs and are named when they fail; traced, they are seen.
# shellcheck source=distributed.sh
. "$(dirname "$0")/distributed.sh"
# shellcheck source=isolated.sh
. "$(dirname "$0")/isolated.sh"
of_two="{type: pytorch, process_count_per_instance: 2}"
# shellcheck disable=SC2016
pipeline "$of_two" 'echo "$RANK of $WORLD_SIZE" >${{outputs.o}}/$RANK' 'isolation: declared' >p.yaml
needs_distribution p.yaml
expect_code 0 mlpipe run p.yaml
expect_code 0 mlpipe get latest train.o made
# shellcheck disable=SC2016
pipeline "$of_two" '[ $RANK = 0 ] || { echo its last words >&2; exit 7; }; exec sleep 1000' 'isolation: declared' >fails.yaml
expect_code 1 mlpipe run fails.yaml
expect_err "rank 1: exit code 7"
expect_err "| its last words"
