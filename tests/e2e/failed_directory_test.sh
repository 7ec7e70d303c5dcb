#!/usr/bin/env bash
# However a step fails, its directory is there and named, and so is the command to try it by hand.
. "$(dirname "$0")/lib.sh"
export HOME=$work
cat >p.yaml <<'END'
parameters: {n: 1}
steps:
  code: {command: "touch left; exit 3"}
  late: {command: "touch left; sleep 100", limits: {timeout: 1}}
  killed: {command: "touch left; kill -SEGV $$"}
  nothing: {command: "touch left", outputs: {o: {type: uri_file, file_name: o.txt}}}
  dangling: {command: 'touch left; ln -s nowhere "${{outputs.o}}/x"; ln -s none "${{outputs.o}}/y"', outputs: {o: {type: uri_folder}}}
  retried: {command: "touch left; exit 3", retry: {max_retries: 1, delay: 0}}
  repeated: {command: "touch left; exit 5", allow_reuse: false}
END
expect_code 1 mlpipe run p.yaml -p n=2 --local --continue-on-step-failure
mapfile -t failed < <(sed -n "s/^step '\\(.*\\)' failed.*/\\1/p" err)
((${#failed[@]} >= 6)) || fail "failed: ${failed[*]}"
for step in "${failed[@]}"; do
  directory=$(sed -n "/^step '$step' failed/,/try it by hand/s/^ *its directory is kept: //p" err)
  [[ -e $directory/code/left ]] || fail "$step: '$directory' is not kept"
  expect_err "  try it by hand: mlpipe run p.yaml -p n=2 --local --only $step --shell"
done
command=$(sed -n "s/^ *try it by hand: mlpipe //p" err | head -n 1)
# shellcheck disable=SC2086  # words on purpose
expect_code 0 mlpipe $command <<<"pwd" && expect_out "-shell/code"
