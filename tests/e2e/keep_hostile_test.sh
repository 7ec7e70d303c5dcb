#!/usr/bin/env bash
# run --keep: where a step put a link in the place of a folder it was given, nothing is planted through it.
. "$(dirname "$0")/lib.sh"
mkdir precious precious/outputs precious/logs
echo mine | tee precious/own precious/outputs/own precious/logs/own >/dev/null
chmod 755 precious precious/outputs
export PRECIOUS=$work/precious
cat >p.yaml <<'END'
steps:
  file:
    command: 'd=$(dirname ${{outputs.o}}); rmdir $d; ln -s $PRECIOUS $d; echo data > ${{outputs.o}}'
    outputs: {o: {type: uri_file, file_name: o.txt}}
    pass_environment: [PRECIOUS]
  folder:
    command: 'rmdir ${{outputs.o}}; mkdir $PRECIOUS/made; ln -s $PRECIOUS/made ${{outputs.o}}; echo data > ${{outputs.o}}/data'
    outputs: {o: {type: uri_folder}}
    pass_environment: [PRECIOUS]
  code:
    command: 'cd ..; mv code away; ln -s $PRECIOUS code'
    pass_environment: [PRECIOUS]
END
for step in code file folder; do
  expect_code 0 mlpipe run p.yaml --keep --only $step
  expect_executed "$step"
done
expect_code 0 mlpipe get latest folder.o got && expect_file got/data data
expect_equal "$(find precious -type l)" "" "links in the foreign folder"
expect_equal "$(cd precious && find . -name own | sort | xargs)" "./logs/own ./outputs/own ./own" "what was there"
expect_equal "$(stat -c %a precious precious/outputs | xargs)" "755 755" "rights"
