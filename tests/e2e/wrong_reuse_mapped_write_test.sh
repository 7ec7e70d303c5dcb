#!/usr/bin/env bash
# Would break any look at times: a program keeps the input mapped, and changes a page that is dirty already.
. "$(dirname "$0")/lib.sh"
[[ $(stat -f -c %T .) != tmpfs ]] || skip "on tmpfs the kernel moves no time here: a gap that is known"

cat >p.yaml <<'END'
steps:
  use:
    command: "cat ${{inputs.i}} > ${{outputs.o}}"
    inputs: {i: {type: uri_file, path: mapped}}
    outputs: {o: {type: uri_file}}
END
cat >hold.py <<'END'
import mmap, os, sys, time
with open("mapped", "wb") as file: file.write(b"A" * 16)
with open("mapped", "r+b") as file: pages = mmap.mmap(file.fileno(), 16)
for letter in b"BCD":
    pages[0] = letter
    open(chr(letter), "w").close()
    while not os.path.exists("go-" + chr(letter)): time.sleep(0.01)
END
/usr/bin/python3 hold.py &
background+=($!)
for letter in B C D; do
  wait_until 20 test -e "$letter"
  [[ $letter != B ]] || sleep 2.1  # so old that its hash is remembered
  expect_code 0 mlpipe run p.yaml
  rm -rf got
  expect_code 0 mlpipe get latest use.o got
  expect_file got/o "${letter}AAAAAAAAAAAAAAA"
  touch "go-$letter"
done
