#!/usr/bin/env bash
# Many outputs with a path: are copied side by side, also where folders are to be replaced.
. "$(dirname "$0")/running.sh"

{
  echo 'parameters: {word: one}'
  echo 'steps:'
  for i in {1..12}; do
    echo "  s$i: {command: 'for i in {1..30}; do echo \${{parameters.word}} $i > \${{outputs.o}}/\$i; done', outputs: {o: {type: uri_folder, path: ./made/$i}}}"
  done
} >p.yaml
expect_code 0 timeout 100 "$MLPIPE" run -j12 p.yaml
expect_file made/7/30 "one 7"
expect_code 0 timeout 100 "$MLPIPE" run -j12 -p word=two p.yaml
for i in {1..12}; do expect_file "made/$i/3" "two $i"; done
