#!/usr/bin/env bash
# Things in the place of mlpipe's own files are named, and once they are gone the run goes on.
. "$(dirname "$0")/faults.sh"

one_step 'echo 1 > ${{outputs.made}}' >p.yaml
touch .mlpipe
expect_code 3 mlpipe run p.yaml
expect_err "'$work/.mlpipe"
rm .mlpipe
expect_code 0 mlpipe run p.yaml
for name in objects work logs mlpipe.db; do
  mv ".mlpipe/$name" aside
  if [[ $name == mlpipe.db ]]; then mkdir ".mlpipe/$name"; else touch ".mlpipe/$name"; fi
  expect_code 3 mlpipe run --regenerate-outputs p.yaml
  expect_err "'$work/.mlpipe/$name"
  expect_no_err "a bug in mlpipe"
  rm -rf ".mlpipe/${name:?}" && mv aside ".mlpipe/$name"
  expect_code 0 mlpipe run p.yaml
  expect_executed ""
done
expect_sound_database
