#!/usr/bin/env bash
# run --stream on a terminal: the lines stand above the live block, which is redrawn below them.
. "$(dirname "$0")/lib.sh"
export TERM=xterm
cat >p.yaml <<Y
steps:
  talk: {command: 'for i in 1 2 3 4; do echo "line \$i"; sleep 0.2; done; printf "\\033[2Jcleared \\033[31mred\\033[0m\\n"; sleep 1'}
Y
/usr/bin/python3 "$REPOSITORY/tests/e2e/talk_on_terminal.py" "$MLPIPE" run p.yaml --stream talk >typescript <<'END'
expect line 1
expect 0 of 1 steps, 1 running
expect line 4
expect cleared
expect 0 of 1 steps, 1 running
END
# As a terminal shows it: a line that begins the block is erased before anything else is printed.
/usr/bin/python3 - typescript <<'END' || fail "the screen is not as it should be"
import re, sys
data = open(sys.argv[1], encoding="utf-8").read()
screen, row = [""], 0
for piece in re.findall("\x1b\\[[0-9;?]*[a-zA-Z]|\r\n|\n|\r|[^\x1b\r\n]+", data):
    if piece in ("\r\n", "\n"):
        row += 1
        if row == len(screen): screen.append("")
    elif piece == "\r":
        screen[row] = ""
    elif re.fullmatch("\x1b\\[[0-9]+A", piece):
        row -= int(piece[2:-1])
    elif piece == "\x1b[J":
        screen[row:] = [""]
    elif piece.startswith("\x1b"):
        assert piece.endswith("m"), piece
    else:
        screen[row] += piece
text = "\n".join(screen)
print(text)
assert re.search("Running.*\nline 1\nline 2\nline 3\nline 4\ncleared red\n.*Completed", text), text
assert "of 1 steps" not in text, text
END
