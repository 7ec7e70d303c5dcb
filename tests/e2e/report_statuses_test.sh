#!/usr/bin/env bash
# A report of a run that goes on, of one whose driver was killed, of one that failed after tries, and of one with a lost output.
. "$(dirname "$0")/lib.sh"
cat >p.yaml <<'END'
name: p
parameters: {wait: no}
steps:
  quick: {command: "echo made > ${{outputs.o}}", outputs: {o: {type: uri_file, file_name: note.txt}}}
  slow: {command: "echo started; while [ -e $HOME/wait ]; do sleep 0.05; done; test ${{parameters.wait}} = ok", inputs: {i: "${{steps.quick.outputs.o}}"}, retry: {max_retries: 1}}
END
export HOME=$work
touch wait
"$MLPIPE" run p.yaml >/dev/null 2>&1 & driver=$!
background+=("$driver")
wait_until 20 sh -c "'$MLPIPE' logs latest slow | grep started"
expect_code 0 mlpipe report -o running.html
grep -qF 'class="status Running"' running.html || fail "not Running"
grep -qF "so far" running.html || fail "how long so far?"
kill -KILL "$driver"
wait "$driver" 2>/dev/null || true
expect_code 0 mlpipe report -o dead.html
grep -qF 'class="status NotResponding"' dead.html || fail "not NotResponding"
grep -qF "was killed or crashed: how it would have ended is not known" dead.html || fail "what became of it?"
! grep -qF "so far" dead.html || fail "a dead run does not go on"
rm wait

expect_code 1 mlpipe run p.yaml
expect_code 0 mlpipe report -o failed.html
grep -qF '<div class="failure"' failed.html || fail "what failed?"
grep -qF "stderr" failed.html || grep -qF "stdout, attempt 2" failed.html || fail "no log of the second attempt"
/usr/bin/python3 - failed.html <<'END' || fail "the banner of a failed run: $(cat failed.html)"
import re, sys
page = open(sys.argv[1]).read()
banner = re.search('<div class="failure".*?</div>', page, re.S).group()
assert "exit code 1" in banner and re.search("<pre>[^<]*started", banner), banner
assert re.search("1 ran, 1 reused, 1 failed", page), page
END
grep -qF "2 attempts" failed.html || fail "how many attempts?"

chmod -R u+w .mlpipe/objects && rm -r .mlpipe/objects
expect_code 0 mlpipe report -o lost.html
grep -qF "no longer in the store" lost.html || fail "the lost output is not told"
