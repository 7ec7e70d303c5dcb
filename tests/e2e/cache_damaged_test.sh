#!/usr/bin/env bash
# Damaged caches cost time, nothing else: everything is still reused.
. "$(dirname "$0")/faults.sh"

mkdir src && echo 'print(1)' >src/a.py
echo 'steps: {a: {source_directory: src, script_name: a.py}}' >p.yaml
expect_code 0 mlpipe run p.yaml
for damage in empty random cut; do
  while IFS= read -r file; do
    case $damage in
      empty) : >"$file" ;;
      random) head -c 5000 /dev/urandom >"$file" ;;
      cut) truncate -s 50% "$file" 2>/dev/null || truncate -s 20 "$file" ;;
    esac
  done < <(find .mlpipe/cache -maxdepth 1 -type f)
  expect_code 0 mlpipe run p.yaml
  expect_executed ""
done
rm -r .mlpipe/cache
expect_code 0 mlpipe run p.yaml
expect_executed ""
