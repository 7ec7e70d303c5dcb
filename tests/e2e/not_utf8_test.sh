#!/usr/bin/env bash
# Where the locale has no UTF-8 the program's own marks are ASCII; names of the user's are printed as they are.
. "$(dirname "$0")/lib.sh"
cat >p.yaml <<'Y'
name: modèle
steps:
  a_step_with_a_name_that_is_longer_than_the_terminal: {command: 'echo a'}
Y
mlpipe run p.yaml >/dev/null 2>&1
printf 'steps:\n  a: {command: echo ${{parameters.x}}}\n' >bad.yaml
narrow() { /usr/bin/python3 "$REPOSITORY/tests/e2e/on_terminal.py" 60 env "$@" >out; }
ascii() { ! LC_ALL=C grep -q $'[\x80-\xff]' "$1" || fail "not ASCII: $(cat "$1")"; }
for locale in LC_ALL=C LANG=POSIX "LC_CTYPE=C LANG=C.UTF-8" ""; do
  # shellcheck disable=SC2086
  narrow -u LC_ALL -u LC_CTYPE -u LANG $locale "$MLPIPE" show
  sed -i '1,/^$/d' out
  ascii out
  grep -q '\.\.\.' out || fail "nothing was cut: $(cat out)"
  # shellcheck disable=SC2086
  env -u LC_ALL -u LC_CTYPE -u LANG $locale "$MLPIPE" validate bad.yaml 2>err && fail "bad.yaml is valid"
  ascii err
  # shellcheck disable=SC2086
  env -u LC_ALL -u LC_CTYPE -u LANG $locale "$MLPIPE" runs | grep -q modèle || fail "a name is not as it is"
done
narrow -u LC_ALL -u LC_CTYPE LANG=C.UTF-8 "$MLPIPE" show
grep -q … out || fail "no … in UTF-8: $(cat out)"
narrow LC_ALL=en_US.utf8 LANG=C "$MLPIPE" show
grep -q … out || fail "no … in utf8: $(cat out)"
