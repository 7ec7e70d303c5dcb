#!/usr/bin/env bash
# Parameter values reach a script as one argument each, whatever they hold; no shell reads them.
. "$(dirname "$0")/faults.sh"

mkdir src
echo 'import json, sys; json.dump(sys.argv[2:], open(sys.argv[1], "w"))' >src/show.py
cat >p.yaml <<'END'
parameters: {value: {type: string, default: x}}
steps:
  show:
    source_directory: src
    script_name: show.py
    arguments: ["${{outputs.seen}}", "${{parameters.value}}", "--v=${{parameters.value}}", "${{inputs.v}}", "; touch hacked"]
    inputs: {v: "${{parameters.value}}"}
    outputs: {seen: {type: uri_file, path: seen.json}}
END
for value in 'a b' '; touch hacked' '$(touch hacked)' '`touch hacked`' "it's" '"q"' '-rf' '*' '${{inputs.v}}' \
  $'two\nlines' $'\\' 'ä€😀' '!!' '~' 'x=y=z' ' '; do
  rm -f seen.json
  expect_code 0 mlpipe run p.yaml -p "value=$value"
  /usr/bin/python3 - "$value" <<'END' || fail "not one argument: $value"
import json, sys
v = sys.argv[1]
assert json.load(open("seen.json")) == [v, "--v=" + v, v, "; touch hacked"], open("seen.json").read()
END
done
[[ -z $(find . -name hacked) ]] || fail "something was executed"
