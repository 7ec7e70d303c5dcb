#!/usr/bin/env bash
# What `additional_includes` names and may not be read is named where it is.
. "$(dirname "$0")/faults.sh"

need_nobody
mkdir -p ws/common && cd ws
echo one >common/words && echo 1 >numbers
echo 'jobs: {a: {additional_includes: [./common, ./numbers], command: cat common/words numbers}}' >p.yml
chown -R 65534 .
for file in common/words numbers common; do
  chmod 000 "$file"
  expect_code 3 as_nobody "$MLPIPE" run --local p.yml
  expect_err "'$work/ws/$file"
  expect_err "Permission denied (check who owns it and its permissions)"
  chmod 755 "$file"
done
expect_code 0 as_nobody "$MLPIPE" run --local p.yml
