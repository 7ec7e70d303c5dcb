"""Run commands on a pseudo-terminal and draw what a person then sees as SVG.

    terminal_svg.py OUT.svg TITLE COMMAND...

Each command stands behind a prompt and is run by bash. Understood of what they write: colours, and
the cursor movements by which a live view redraws itself.
"""
import html
import os
import pty
import re
import subprocess
import sys

COLUMNS, ROWS = int(os.environ.get("TERMINAL_COLUMNS", "106")), 40
COLOURS = {31: "#ff7b72", 32: "#56d364", 33: "#e3b341", 34: "#79c0ff", 90: "#8b949e"}
CELL, LINE, MARGIN, HEAD = 8.43, 20, 22, 44
SEQUENCE = re.compile(r"\x1b\[([0-9;?]*)([A-Za-z])")


def output_of(command):
    master, slave = pty.openpty()
    import fcntl, struct, termios
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
    environment = {**os.environ, "TERM": "xterm-256color", "LC_ALL": "C.UTF-8"}
    environment.pop("NO_COLOR", None)
    process = subprocess.Popen(["bash", "-c", command], stdin=subprocess.DEVNULL, stdout=slave,
                               stderr=slave, env=environment, start_new_session=True)
    os.close(slave)
    written = b""
    while True:
        try:
            piece = os.read(master, 65536)
        except OSError:  # how a terminal says that nobody writes any more
            break
        if not piece:
            break
        written += piece
    process.wait()
    os.close(master)
    return written.decode("utf-8")


class Screen:
    """Lines of (letter, colour, bold); it only grows."""

    def __init__(self):
        self.lines, self.row, self.column = [[]], 0, 0
        self.look = (None, False)

    def put(self, letter):
        if self.column == COLUMNS:
            self.row, self.column = self.row + 1, 0
        while self.row >= len(self.lines):
            self.lines.append([])
        line = self.lines[self.row]
        while len(line) <= self.column:
            line.append((" ", (None, False)))
        line[self.column] = (letter, self.look)
        self.column += 1

    def command(self, values, kind):
        numbers = [int(value) if value.isdigit() else 0 for value in values.split(";")]
        if kind == "m":
            for number in numbers:
                if number == 0:
                    self.look = (None, False)
                elif number == 1:
                    self.look = (self.look[0], True)
                elif number in COLOURS:
                    self.look = (COLOURS[number], self.look[1])
        elif kind == "A":
            self.row = max(self.row - (numbers[0] or 1), 0)
        elif kind == "G":
            self.column = max(numbers[0] - 1, 0)
        elif kind in "JK":
            if self.row < len(self.lines):
                del self.lines[self.row][self.column:]
            if kind == "J":
                del self.lines[self.row + 1:]

    def write(self, text):
        at = 0
        while at < len(text):
            match = SEQUENCE.match(text, at)
            if match:
                self.command(*match.groups())
                at = match.end()
                continue
            if text[at] == "\n":
                self.row, self.column = self.row + 1, 0
                while self.row >= len(self.lines):
                    self.lines.append([])
            elif text[at] == "\r":
                self.column = 0
            elif text[at] >= " ":
                self.put(text[at])
            at += 1


def pieces(line):
    """Words that look the same, with their columns; where there are two blanks, a new one begins."""
    begin = 0
    while begin < len(line):
        end = begin
        while end < len(line) and line[end][1] == line[begin][1]:
            end += 1
        text = "".join(letter for letter, _ in line[begin:end])
        for words in re.finditer(r"\S+( \S+)*", text):
            yield begin + words.start(), words.group(), line[begin][1]
        begin = end


def svg(screen, title):
    lines = screen.lines
    while lines and not "".join(letter for letter, _ in lines[-1]).strip():
        lines.pop()
    width = COLUMNS * CELL + 2 * MARGIN
    height = HEAD + len(lines) * LINE + MARGIN
    words = " ".join("".join(letter for letter, _ in line).strip() for line in lines)
    out = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height:.0f}" '
           f'width="{width:.0f}" height="{height:.0f}" role="img" aria-label="{html.escape(title)}">',
           f"<title>{html.escape(title)}</title><desc>{html.escape(words)}</desc>",
           f'<rect width="100%" height="100%" rx="10" fill="#0d1117"/>']
    for i, colour in enumerate(("#ff5f57", "#febc2e", "#28c840")):
        out.append(f'<circle cx="{MARGIN + 4 + i * 20}" cy="22" r="6" fill="{colour}"/>')
    out.append('<g font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, \'DejaVu Sans Mono\', '
               'monospace" font-size="14" fill="#e6edf3">')
    for row, line in enumerate(lines):
        for column, text, (colour, bold) in pieces(line):
            look = f' fill="{colour}"' if colour else ""
            look += ' font-weight="bold"' if bold else ""
            # The length is told, so that columns stay columns in every font.
            out.append(f'<text x="{MARGIN + column * CELL:.1f}" y="{HEAD + row * LINE + 14}" '
                       f'textLength="{len(text) * CELL:.1f}" lengthAdjust="spacingAndGlyphs"{look}>'
                       f"{html.escape(text)}</text>")
    return "\n".join([*out, "</g>", "</svg>", ""])


def main():
    file, title, *commands = sys.argv[1:]
    screen = Screen()
    for i, command in enumerate(commands):
        screen.write(("\r\n" if i else "") + f"\x1b[90m$\x1b[0m \x1b[1m{command}\x1b[0m\r\n")
        screen.write(output_of(command))
        if screen.column:
            screen.write("\r\n")
    with open(file, "w", encoding="utf-8") as out:
        out.write(svg(screen, title))


main()
