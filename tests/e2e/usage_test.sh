#!/usr/bin/env bash
# Peak memory and CPU time of a step are recorded.
. "$(dirname "$0")/running.sh"

mkdir code
printf 'import time\nwhile time.process_time() < 0.5: pass\n' >code/busy.py
cat >p.yaml <<'Y'
steps:
  memory: {command: "/usr/bin/python3 -c 'x = bytearray(200_000_000)'"}
  busy: {source_directory: code, command: "/usr/bin/python3 busy.py"}
  idle: {command: "sleep 0.3"}
  small: {command: 'sed -n "s/^VmHWM:[^0-9]*\([0-9]*\) kB/\1/p" /proc/$PPID/status'}  # of what starts the steps
Y
expect_code 0 mlpipe run p.yaml
usage() { ask_run latest "(lambda a: $2)(steps['$1']['attempts'][0])"; }
expect_equal "$(usage memory "200e6 < a['peak_memory_bytes'] < 300e6")" True "200 MB"
expect_equal "$(usage idle "0 < a['peak_memory_bytes'] < 50e6 and \
  a['user_seconds'] + a['system_seconds'] < 0.2")" True "idle"
expect_equal "$(usage busy "0.4 < a['user_seconds'] + a['system_seconds'] < 1.5")" True "busy"
starter=$(mlpipe logs latest small --stdout)
[[ $starter -gt 0 ]] || fail "the supervisor's memory is not known: $starter"
# Clearly less: it has grown a little since it started the step.
expect_equal "$(usage small "0 < a['peak_memory_bytes'] < $starter * 1024 * 0.75")" True "not what the supervisor had"
