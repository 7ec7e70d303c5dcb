#!/usr/bin/env bash
# A source directory, a script and the files beside it may have any name.
. "$(dirname "$0")/faults.sh"

for name in "${strange_names[@]}"; do
  rm -rf ./*
  script=${name:0:250}.sh
  mkdir -- "./$name" && touch "./$name/"$'caf\xe9'
  echo 'ls -A; echo done > "$1"' >"./$name/$script"
  cat >p.yaml <<END
steps:
  one:
    source_directory: $(yaml_text "./$name")
    script_name: $(yaml_text "$script")
    arguments: ["\${{outputs.o}}"]
    outputs: {o: {type: uri_file}}
END
  expect_code 0 mlpipe run ./p.yaml
  grep -q $'caf\xe9' <(mlpipe logs latest one) || fail "a file is missing in the source directory"
  expect_code 0 mlpipe run ./p.yaml
  expect_executed ""
done
[[ -z $(find . -name hacked) ]] || fail "something was executed"
