#!/usr/bin/env bash
# run --trace-inputs says what steps read and do not declare, and what they declare and do not read; the step is as ever.
. "$(dirname "$0")/running.sh"
command -v strace >/dev/null || skip "no strace"
strace -D -f --seccomp-bpf -o /dev/null true 2>/dev/null || skip "this machine does not let programs be traced"
PATH=/usr/local/bin:/usr/bin:/bin
export HOME=$work/home
mkdir -p data/many src "$HOME/bin" sub
echo 1 >data/in.csv; echo 2 >"data/a \"quoted\", b).csv"; printf '3' >$'data/\xff\n.csv'; echo 4 >data/py.csv
echo 5 >data/unused.csv; echo 6 >shared.json; echo 7 >"$HOME/rc"; echo 8 >data/x; echo 9 >sub/rel
for i in {1..40}; do echo "$i" >"data/many/$i"; done
printf '#!/bin/sh\ncat %s/data/x\n' "$work" >"$HOME/bin/tool" && chmod +x "$HOME/bin/tool"
cat >src/helper.sh <<'END'
echo helper
END
cat >src/main.sh <<END
cat "\$1" >/dev/null
cat "$work/data/a \"quoted\", b).csv" ~/rc >/dev/null
cat $work/data/\$'\xff\n.csv' > /dev/null
. ./helper.sh
. $work/src/helper.sh
(cd $work; cat sub/rel; exec ~/bin/tool) >/dev/null
cat $work/data/many/* >/dev/null
python3 -c "open('$work/data/py.csv').read()"
echo made >/tmp/made-\$\$; cat /tmp/made-\$\$; rm /tmp/made-\$\$
cat $work/data/absent 2>/dev/null
test -e $work/shared.json
echo said >/dev/stderr; echo said >/dev/stdout
echo x >"\$TMPDIR/t"; cat "\$TMPDIR/t" /etc/passwd /proc/self/status >/dev/null
echo out >"\$2"
END
cat >p.yaml <<'END'
steps:
  first: {command: 'echo first > "${{outputs.o}}"', outputs: {o: {type: uri_file}}}
  main:
    source_directory: ./src
    script_name: main.sh
    arguments: ["${{inputs.in}}", "${{outputs.o}}"]
    inputs: {in: {type: uri_file, path: data/in.csv}, unused: {type: uri_file, path: data/unused.csv}, first: "${{steps.first.outputs.o}}"}
    outputs: {o: {type: uri_file, path: o.txt}}
    hash_paths: [../sub]
END
expect_code 0 mlpipe run p.yaml --until first
expect_code 0 mlpipe run p.yaml --trace-inputs
cp err told
expect_err "step 'main' read"
for line in "read       $work/data/a \"quoted\", b).csv" "read       $work/data/\\xff\\x0a.csv" "read       $work/home/rc" \
  "executed   $work/home/bin/tool" "read       $work/data/x" "read       $work/data/py.csv" \
  "read       $work/src/helper.sh  (the original of its source directory" "looked at  $work/shared.json" \
  "never looked at its input 'unused'" "never looked at its input 'first'" \
  "1 step was reused and not traced: --from STEP" "a change there runs no step again"; do
  grep -qF -- "$line" told || { cat told; fail "not told: $line"; }
done
for not in "/etc/" "/proc/" "/usr/" "made-" "absent" "input 'in'" "sub/rel" "data/in.csv" "many/1 " ".mlpipe/logs"; do
  expect_no_err "$not"
done
expect_file o.txt out

# What it made counts as any other result; as one document it is the same.
expect_code 0 mlpipe run p.yaml
expect_executed ""
expect_code 0 mlpipe run p.yaml --trace-inputs
expect_err "2 steps were reused and not traced"
expect_code 0 mlpipe run p.yaml --trace-inputs --from main --json
/usr/bin/python3 - out "$work" <<'END' || fail "the events: $(tail -n 1 out)"
import json, sys
last = [json.loads(line) for line in open(sys.argv[1])][-1]
work = sys.argv[2]
(trace,) = last["traces"]
assert trace["step"] == "main", trace
by_path = {each["path"]: each for each in trace["undeclared"]}
assert by_path[work + "/data/many"]["files"] == 40, by_path
assert by_path[work + "/src/helper.sh"]["place"] == "source"
assert by_path[work + "/home/rc"]["place"] == "workspace", by_path
assert by_path[work + "/home/bin/tool"]["how"] == "executed"
assert all(each["found"] for each in by_path.values())
assert trace["unused_inputs"] == ["first", "unused"], trace
assert trace["undeclared_paths"] > 45, trace
END
if /usr/bin/python3 -c 'import jsonschema' 2>/dev/null; then
  while read -r event; do echo "$event" >out; expect_schema run-events; done < <(tail -n 1 out)
fi
expect_code 0 mlpipe run p.yaml --json
expect_equal "$(grep -c traces out || true)" 0 "traces nobody asked for"
expect_code 2 mlpipe run p.yaml --only main --shell --trace-inputs
expect_err "--shell and --trace-inputs cannot be used together"
