#!/usr/bin/env bash
# On a terminal a line with name, bytes, share and speed is redrawn while an input is fetched, and goes in the end.
. "$(dirname "$0")/http.sh"
command -v script >/dev/null || skip "needs script (bsdutils)"
start_server
head -c 1000000 /dev/zero >served/big.bin
copy_of "$url/slow/big.bin" >p.yaml
env TERM=xterm script -qefc "'$MLPIPE' run p.yaml" typescript >/dev/null 2>&1 </dev/null &
background+=($!)
run=$!
wait_until 20 grep -qaE 'big\.bin  100\.?0? kB of 1\.?0? MB  10%  [0-9.]+ .?B/s' typescript
touch served/.go
wait "$run" || fail "code $?: $(cat typescript)"
grep -qa $'\r\x1b\\[K' typescript || fail "the line is not redrawn in place"
grep -qa 'fetched big.bin, 1' typescript || fail "no last word: $(cat typescript)"
