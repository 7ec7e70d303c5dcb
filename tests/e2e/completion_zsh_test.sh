#!/usr/bin/env bash
# zsh completes commands, options, files, steps, runs, experiments, parameters and outputs, with descriptions.
. "$(dirname "$0")/completion.sh"
command -v zsh >/dev/null || skip "needs zsh"

# A real completion on a terminal; its compadd notes what it is given, so that no screen has to be read.
cat >inner.zsh <<'Z'
autoload -Uz compinit; compinit -u -d $HOME/.zcompdump
source <(mlpipe completion zsh)
compadd() {
  local -a hits
  # -O gives the matches among the candidates instead of adding them.
  builtin compadd -O hits "$@"
  [[ -n ${argv[(r)-[OAD]]} ]] || print -rl -- $hits >>$OFFERED
  builtin compadd "$@"
}
note-and-end() { zle complete-word; print -r -- '==' >>$OFFERED }
zle -N note-and-end
bindkey '^X' note-and-end
PS1='ready''> '
Z
cat >drive.py <<'P'
import os, pty, select, sys, time
pid, fd = pty.fork()
if pid == 0:
    os.environ["TERM"] = "dumb"
    os.execvp("zsh", ["zsh", "-f", "-i"])
seen = b""
def work_until(done):
    global seen
    end = time.time() + 20
    while not done():
        if time.time() > end: sys.exit(f"waited in vain, saw {seen!r}")
        if select.select([fd], [], [], 0.02)[0]: seen += os.read(fd, 4096)
os.write(fd, f"source '{sys.argv[1]}/inner.zsh'\n".encode())
work_until(lambda: b"ready> " in seen)
os.write(fd, sys.argv[2].encode() + b"\x18")
offered = os.environ["OFFERED"]
work_until(lambda: os.path.exists(offered) and open(offered).read().endswith("==\n"))
for text in sys.argv[3:]:  # on the screen
    work_until(lambda: text.encode() in seen)
os.kill(pid, 9)
os.waitpid(pid, 0)
P
export DRIVER_FOLDER=$work OFFERED=$work/offered.txt
offered() {
  rm -f "$OFFERED"
  /usr/bin/python3 "$DRIVER_FOLDER/drive.py" "$DRIVER_FOLDER" "$1"
  grep -vx == "$OFFERED" || true
}
make_pipeline
check_commands_and_options
check_names
rm -f "$OFFERED"
/usr/bin/python3 drive.py "$work" "mlpipe run p.yaml --only " "-- Cleans the table" || fail "no descriptions"
mkdir "my folder" && cp p.yaml "my folder/p q.yaml"
expect_offered "mlpipe run my" "my folder/"
expect_offered 'mlpipe run my\ folder/p\ q.yaml --only t' train
check_silence
