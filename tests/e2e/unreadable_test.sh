#!/usr/bin/env bash
# What may not be read is named, and nothing is recorded; with the right to read it the run completes.
. "$(dirname "$0")/faults.sh"

need_nobody
mkdir ws && cd ws && mkdir src data && echo 'cat "$1"/*' >src/a.sh && echo 1 >data/x && echo 1 >src/secret
cat >p.yaml <<'END'
inputs: {data: {type: uri_folder, path: data}}
steps:
  a: {source_directory: src, script_name: a.sh, inputs: {data: "${{parent.inputs.data}}"}, arguments: ["${{inputs.data}}"]}
END
chown -R 65534 .
refused() {  # refused CODE FILE: nobody may not read it
  chmod 000 "$2"
  expect_code "$1" as_nobody "$MLPIPE" run p.yaml
  expect_err "$work/ws/$2"
  expect_err "Permission denied (check who owns it and its permissions)"
  chmod 755 "$2"
}
refused 3 data/x
refused 3 src/secret
refused 2 src
refused 3 data
refused 3 p.yaml
expect_sound_database
expect_code 0 as_nobody "$MLPIPE" run p.yaml
expect_code 0 as_nobody "$MLPIPE" run p.yaml
as_nobody "$MLPIPE" show | grep -q Reused || fail "it ran again"
