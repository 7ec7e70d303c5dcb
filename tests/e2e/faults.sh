#!/usr/bin/env bash
# Sourced by tests of bad input and of a machine that says no: lib.sh, and words for both.
# shellcheck source=lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

# The file bad.yaml is refused by `validate` and by `run`, at this place, and nothing is made.
expect_problem() {  # expect_problem 3:5 "unknown key 'comand'"
  local command
  for command in validate run; do
    expect_code 2 mlpipe "$command" bad.yaml
    expect_err "bad.yaml:$1: error: $2"
    grep -qE '^ +\| +\^$' "$work/err" || { cat "$work/err"; fail "no caret"; }
  done
  [[ ! -e .mlpipe ]] || fail "a bad file left a .mlpipe"
}

# The database is whole, and no run or step in it claims to go on.
expect_sound_database() {  # expect_sound_database [.mlpipe/mlpipe.db]
  /usr/bin/python3 - "${1:-.mlpipe/mlpipe.db}" <<'END' || fail "the database is not sound"
import sqlite3, sys
database = sqlite3.connect(sys.argv[1])
assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
assert not database.execute("PRAGMA foreign_key_check").fetchall()
for table in "runs", "step_runs":
    open_rows = database.execute(f"SELECT * FROM {table} WHERE finished = 0").fetchall()
    assert not open_rows, open_rows
END
}

# A pipeline of one step `make` with the file output `made`.
one_step() {  # one_step 'echo 1 > ${{outputs.made}}' ["another: line of the step"]
  printf '%s\n' 'steps:' '  make:' '    outputs: {made: {type: uri_file}}' '    command: |' "      $1"
  shift
  (($# == 0)) || printf '    %s\n' "$@"
}

# Run as a user without rights, who finds the binary and the current folder.
as_nobody() {
  setpriv --reuid=65534 --regid=65534 --clear-groups env HOME=/nonexistent MLPIPE_SLOT_DIRECTORY="$work/.slots-of-nobody" "$@"
}
need_nobody() {  # the folder, and a binary that nobody can start
  [[ $(id -u) == 0 ]] || skip "only root can become nobody"
  chmod 755 "$work"
  install -d -m 700 -o 65534 "$work/.slots-of-nobody"
  cp "$MLPIPE" "$work/mlpipe-binary"
  MLPIPE=$work/mlpipe-binary
  as_nobody true 2>/dev/null || skip "setpriv cannot become nobody here"
}

# A small filesystem at ./disk, gone at the end of the test.
mount_small() {  # mount_small 8m
  mkdir disk
  mount -t tmpfs -o "size=$1" mlpipe-test disk 2>/dev/null || skip "cannot mount a tmpfs here"
  trap 'code=$?; umount -l "$work/disk"; (exit "$code"); leave' EXIT
}
# A filesystem at ./disk whose calls fail with EIO while the file ./control says so (see failing_disk.py).
mount_failing() {
  /usr/bin/python3 -c 'import fusepy' 2>/dev/null || skip "python3-fusepy is not installed"
  [[ -c /dev/fuse ]] || skip "there is no /dev/fuse here"
  mkdir real disk
  /usr/bin/python3 "$REPOSITORY/tests/e2e/failing_disk.py" "$work/real" "$work/disk" "$work/control" >fuse.log 2>&1 &
  background+=($!)
  at_end+=(unmount_failing)
  local try
  for try in {1..100}; do
    ! mountpoint -q disk || return 0
    kill -0 $! 2>/dev/null || break
    sleep 0.05
  done
  skip "FUSE cannot be mounted here (try $try): $(tail -1 fuse.log)"
}
unmount_failing() { ! mountpoint -q "$work/disk" || umount -l "$work/disk"; }
fill_disk() {  # what is left of it goes to the file ballast
  dd if=/dev/zero of=ballast bs=4k 2>/dev/null || true
  [[ -s ballast ]] || fail "nothing to fill"
}

# Names that trip up whoever pastes them into a shell, a pattern or a format.
# shellcheck disable=SC2016,SC2034
strange_names=(' a b ' "it's" '"q"' '$(touch hacked)' '`touch hacked`' '; touch hacked' '-rf' $'new\nline'
  '*?[]' $'\\' '~' '{a,b}' '%s' '${{inputs.x}}' '#' ': a' 'ä€😀' "$(printf 'x%.0s' {1..255})")
yaml_text() {  # a YAML scalar that stands for just this text
  /usr/bin/python3 -c 'import json, sys; print(json.dumps(sys.argv[1].replace("${{", "$${{"), ensure_ascii=False))' "$1"
}
