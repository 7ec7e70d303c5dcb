#!/usr/bin/env bash
# fish completes commands, options, files, steps, runs, experiments, parameters and outputs, with descriptions.
. "$(dirname "$0")/completion.sh"
command -v fish >/dev/null || skip "needs fish"

mkdir -p "$HOME/.config/fish/completions"
mlpipe completion fish >"$HOME/.config/fish/completions/mlpipe.fish"
described() { fish -c 'complete -C $argv[1]' "$1"; }
offered() { described "$1" | cut -f1; }
make_pipeline
check_commands_and_options
check_names
mkdir "my folder" && cp p.yaml "my folder/p q.yaml"
expect_offered "mlpipe run my" "my folder/"
expect_offered 'mlpipe run my\ folder/p\ q.yaml --only t' train
expect_offered "mlpipe run 'my folder/p q.yaml' --only t" train
described "mlpipe why p.yaml pre" | grep -q $'prepare\tCleans the table' || fail "no description of a step"
described "mlpipe show " | grep -q "$run"$'\tCompleted, just now, demo' || fail "no description of a run"
check_silence
