#!/usr/bin/env bash
# A second gc waits for the first and says so; a dry run and du look meanwhile.
. "$(dirname "$0")/collecting.sh"
{ echo steps:; sized_step a 5; } >p.yaml
expect_code 0 mlpipe run p.yaml
# Hold the lock as a gc does, with an open-file-description lock on its first byte.
cat >holder.py <<'PY'
import fcntl, os, struct, sys, time
fd = os.open(sys.argv[1], os.O_RDWR | os.O_CREAT, 0o600)
F_OFD_SETLK = 37
fcntl.fcntl(fd, F_OFD_SETLK, struct.pack("hhqqi4x", fcntl.F_WRLCK, os.SEEK_SET, 0, 1, 0))
open("held", "w").close()
time.sleep(1000)
PY
/usr/bin/python3 holder.py .mlpipe/gc.lock &
holder=$!
background+=("$holder")
wait_until 20 test -e held
"$MLPIPE" gc --max-size 0 >second.out 2>second.err &
second=$!
background+=("$second")
wait_until 20 grep -q "waiting for another .mlpipe gc. that is at work" second.err
expect_code 0 mlpipe gc --dry-run
expect_code 0 mlpipe du
expect_code 0 mlpipe run p.yaml && expect_executed ""   # a run does not wait
[[ -s second.out ]] && fail "the second one did not wait"
kill -KILL "$holder"
wait "$second" || fail "the second one failed: $(cat second.err)"
expect_code 0 mlpipe run p.yaml && expect_executed a
for i in 1 2 3 4; do "$MLPIPE" gc --older-than 0s >gc$i.out 2>&1 & pids[i]=$!; done
for i in 1 2 3 4; do wait "${pids[i]}" || fail "gc $i failed: $(cat gc$i.out)"; done
expect_whole_store
