#!/usr/bin/env bash
# The schemas and the reader judge alike: small files, the examples, and 300 mutants of them.
. "$(dirname "$0")/lib.sh"

mkdir files
/usr/bin/python3 "$REPOSITORY/tests/schemas/agreement.py" "$MLPIPE" "$REPOSITORY" "$work/files" 300 2026 >out ||
  { cat out; fail "schema and reader differ"; }
cat out
