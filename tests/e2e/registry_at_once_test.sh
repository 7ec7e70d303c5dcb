#!/usr/bin/env bash
# Processes that register the same name at once get versions of their own; one given version is made once.
. "$(dirname "$0")/registering.sh"
for i in 1 2 3 4 5 6 7 8; do echo "$i" >"f$i"; done
expect_code 0 mlpipe data create -n first --path f1 --type uri_file    # the workspace is there
at_once() {  # at_once words…: {} is the number of the process
  pids=()
  for i in 1 2 3 4 5 6 7 8; do
    "$MLPIPE" "${@//\{\}/$i}" >"out$i" 2>"err$i" &
    pids+=($!)
  done
  done_well=0
  for pid in "${pids[@]}"; do if wait "$pid"; then done_well=$((done_well + 1)); fi; done
}
at_once data create -n many --path 'f{}' --type uri_file
expect_equal "$done_well" 8 "processes that registered"
expect_equal "$(told assets "sorted(int(a['version']) for a in d['assets'])" data list many)" "[1, 2, 3, 4, 5, 6, 7, 8]"
expect_equal "$(told assets "len({a['content_hash'] for a in d['assets']})" data list many)" 8 "contents"
at_once model create -n models --path f1
expect_equal "$(told assets "sorted(int(a['version']) for a in d['assets'])" model list models)" "[1, 2, 3, 4, 5, 6, 7, 8]"
at_once model create -n fixed -v 1 --path 'f{}'
expect_equal "$done_well" 1 "processes that registered one version with other contents"
at_once model create -n equal -v 1 --path f1
expect_equal "$done_well" 8 "processes that registered an equal version"
expect_equal "$(cat out? | grep -c 'is registered')" 1 "of them, those that made it"
# In a workspace that is not there yet, too.
mkdir fresh && touch fresh/mlpipe.yaml
at_once data create -C fresh -n many --path 'f{}' --type uri_file
expect_equal "$done_well" 8 "processes in a fresh workspace"
expect_equal "$(told assets "len(d['assets'])" data list many -C fresh)" 8
