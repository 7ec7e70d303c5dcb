#!/usr/bin/env bash
# A step's stdin is /dev/null, no descriptor of the driver's is open in it, no signal is blocked or ignored.
. "$(dirname "$0")/running.sh"

mkdir code
cat >code/look.py <<'P'
import os
descriptors = os.listdir("/proc/self/fd")
print(*sorted(fd for fd in descriptors if os.path.exists(f"/proc/self/fd/{fd}")), os.readlink("/proc/self/fd/0"))
signals = dict(line.split(":") for line in open("/proc/self/status") if line.startswith("Sig"))
python_ignores = 1 << 12 | 1 << 24  # PIPE and XFSZ
for kind, known in ("SigBlk", 0), ("SigIgn", python_ignores):
    print(kind, int(signals[kind], 16) & 0x7fffffff & ~known)  # above: libc's own
P
cat >p.yaml <<'Y'
steps:
  s:
    source_directory: code
    command: '/usr/bin/python3 look.py > ${{outputs.o}}'
    outputs: {o: {type: uri_file}}
Y
trap '' USR1
expect_code 0 mlpipe run p.yaml 7</dev/null 8>other <<<"something on stdin"
expect_code 0 mlpipe get latest s.o got
expect_equal "$(paste -sd' ' got/o)" "0 1 2 /dev/null SigBlk 0 SigIgn 0"
