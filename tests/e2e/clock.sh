#!/usr/bin/env bash
# Sourced instead of running.sh by tests of wrong clocks. The files' times are the kernel's all the same.
. "$(dirname "${BASH_SOURCE[0]}")/running.sh"
faketime=$(find /usr/lib -name 'libfaketime.so.1' 2>/dev/null | head -1)
[[ -n $faketime ]] || skip "libfaketime is not installed"
symbols=$(nm -D "$MLPIPE" 2>/dev/null)
[[ ! $symbols =~ __[at]san_init ]] || skip "libfaketime and sanitizers do not go together"

at() {  # at -1d mlpipe arguments…: with a clock that is wrong by so much
  local when=$1
  shift
  env NO_FAKE_STAT=1 FAKETIME="$when" LD_PRELOAD="$faketime" "$MLPIPE" "$@"
}
# A clock that is set while a driver runs. Only the time of day moves, as when somebody sets a clock.
set_clock() {
  echo "$1" >"$work/clock.new"
  mv "$work/clock.new" "$work/clock"  # no driver may read a file that is half written
}
start_with_moving_clock() {  # start_with_moving_clock NAME run p.yaml: in the background, as start does
  local name=$1
  shift
  env NO_FAKE_STAT=1 FAKETIME_DONT_FAKE_MONOTONIC=1 DONT_FAKE_MONOTONIC=1 FAKETIME_NO_CACHE=1 \
    FAKETIME_TIMESTAMP_FILE="$work/clock" LD_PRELOAD="$faketime" "$MLPIPE" "$@" >"$name.out" 2>"$name.err" &
  driver=$!
  background+=("$driver")
}
