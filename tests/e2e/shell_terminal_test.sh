#!/usr/bin/env bash
# --shell on a terminal: a prompt that names the step, job control, Ctrl-C reaches the command only, and the person's start-up files do not replace PATH.
. "$(dirname "$0")/lib.sh"
on_terminal() { /usr/bin/python3 "$REPOSITORY/tests/e2e/talk_on_terminal.py" "$@"; }
export HOME=$work TERM=xterm
for file in .bashrc .profile .zshrc .zshenv .zprofile .bash_profile; do echo "PATH=/nowhere; echo STARTED-UP" >$file; done
seq 2000 >.bash_history
cat >p.yaml <<'END'
steps:
  prep: {command: 'echo "from the step"; sleep 0.01; touch left'}
END
for shell in /bin/bash /usr/bin/zsh /bin/dash /usr/bin/fish; do
  [[ -x $shell ]] || continue
  code=0
  SHELL=$shell on_terminal "$MLPIPE" run p.yaml --only prep --shell >seen <<'END' || code=$?
expect (prep)
send step; ls\n
expect from the step
expect left
expect (prep)
send /bin/sh -c 'echo "rea""dy"; exec sleep 100'\n
expect ready
send \x03
expect (prep)
send sleep 99 &\n
expect (prep)
send kill -KILL %1; wait; echo "TERM ""is $TERM, $0"; command -v ls\n
expect TERM is xterm
expect /ls
expect (prep)
send exit 5\n
END
  expect_equal "$code" 0 "exit code with $shell ($(cat seen))"
  ! grep -q STARTED-UP seen || fail "$shell read the person's start-up files"
  [[ -z $(find .mlpipe/work -maxdepth 1 -name '*-shell*') ]] || fail "the directory is left ($shell)"
done
expect_equal "$(wc -l <.bash_history)" 2000 "lines of the person's history"

# Two shells at a time have two directories.
on_terminal bash -c "'$MLPIPE' run p.yaml --only prep --shell" >seen <<END
expect (prep)
send MLPIPE_SLOT_DIRECTORY=$work/.slots '$MLPIPE' run $work/p.yaml --only prep --shell </dev/null\n
expect -shell-2/code
expect (prep)
send exit\n
END
# The end of the terminal or a TERM ends the shell, and the directory goes.
on_terminal bash -c "'$MLPIPE' run p.yaml --only prep --shell; echo code \$?" >seen <<'END'
expect (prep)
send kill -TERM $PPID\n
expect code 0
END
[[ -z $(find .mlpipe/work -maxdepth 1 -name '*-shell*') ]] || fail "the directory is left after TERM"
