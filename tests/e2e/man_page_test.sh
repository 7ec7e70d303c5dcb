#!/usr/bin/env bash
# The manual page is made of the program's own commands and topics, and roff has no complaint.
. "$(dirname "$0")/lib.sh"
command -v groff >/dev/null || skip "groff is not installed"

expect_code 0 mlpipe help --man
mv out page.roff
groff -man -ww -Tutf8 -P-cbou page.roff >page.txt 2>warnings || fail "groff: $(cat warnings)"
[[ ! -s warnings ]] || fail "groff warns: $(head warnings)"
if command -v mandoc >/dev/null; then
  mandoc -Tlint -Wwarning page.roff >lint || true
  complaints=$(grep -v 'missing date' lint || true)  # the page says its version instead
  [[ -z $complaints ]] || fail "mandoc: $complaints"
fi
too_long=$(LC_ALL=C.UTF-8 awk 'length > 80' page.txt)
[[ -z $too_long ]] || fail "lines that a terminal breaks: $too_long"

expect_in_page() { grep -qF -- "$1" page.txt || fail "not in the page: $1"; }
for heading in NAME SYNOPSIS COMMANDS SPEC ENVIRONMENT FILES "EXIT STATUS"; do
  grep -qx "$heading" page.txt || fail "no section $heading"
done
mlpipe help | sed -n '/^Commands/,/^$/s/^  \([a-z]*\) .*/\1/p' >commands
while read -r command; do
  expect_in_page "mlpipe $command "
  while read -r option; do expect_in_page "$option"; done < <(mlpipe "$command" --help | grep -o -- '^  -[^ ]*' |
    grep -v -- '-h,--help' | sed 's/^  //; s/,.*//')
done <commands
# What one copies from the page is what one has to type.
expect_in_page 'command: wc -c < "${{inputs.model}}" > "${{outputs.size}}"'
expect_in_page "command: python3 -c 'import os; print(os.environ[\"SEED\"])'"
expect_in_page '$${{'
