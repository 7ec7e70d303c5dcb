#!/usr/bin/env bash
# bash completes commands, options, files, steps, runs, experiments, parameters and outputs, also across = and quotes.
. "$(dirname "$0")/completion.sh"

# As readline does: cuts the line into words, calls the function, shows what it replies.
cat >drive.bash <<'B'
source <(mlpipe completion bash)
COMP_LINE=$1
COMP_POINT=${2:-${#COMP_LINE}}
mapfile -t COMP_WORDS < <(/usr/bin/python3 - "$COMP_LINE" <<'P'
import re, sys
# Words as readline cuts them: quotes hold together, = and : are words of their own.
print("\n".join(re.findall(r'(?:"[^"]*"?|\'[^\']*\'?|\\.|[^\s=:"\'\\])+|[=:]+', sys.argv[1])))
P
)
[[ $COMP_LINE != *[[:space:]] ]] || COMP_WORDS+=("")
COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
_mlpipe 2>&1
printf '%s\n' "${COMPREPLY[@]}"
B
# readline puts what is replied in place of the part behind = and :, so it is put back here.
offered() {
  local line=$1 last
  last=${line##* }
  local kept=
  [[ $last != *[=:]* ]] || kept=${last%"${last##*[=:]}"}
  bash --norc "$work/drive.bash" "$line" | sed "/./s|^|$kept|"
}
make_pipeline
check_commands_and_options
check_names
expect_offered "mlpipe run p.yaml -p rate=" rate=0.1
expect_offered "mlpipe run p.yaml -p quick=f" quick=false
expect_offered "mlpipe run p.yaml -i table=ta" table=table.csv
mkdir "my folder" && cp p.yaml "my folder/p q.yaml"
expect_offered "mlpipe run my" 'my\ folder/'
expect_offered 'mlpipe run my\ folder/' 'my\ folder/p\ q.yaml'
expect_offered 'mlpipe run my\ folder/p\ q.yaml --only t' train
expect_offered "mlpipe run 'my folder/p q.yaml' --only t" train
cp p.yaml "$HOME/h.yaml"
# shellcheck disable=SC2088
expect_offered "mlpipe run ~/" '~/h.yaml'
expect_offered "mlpipe run ~/h.yaml --only t" train
expect_offered "mlpipe show -C $work " latest "$run"
cd /
MLPIPE_WORKSPACE=$work expect_offered "mlpipe show l" latest
cd "$work"
check_silence

# In a real readline, on a terminal: a press of the tab key.
/usr/bin/python3 - "$work" <<'P' || fail "on a terminal"
import os, pty, select, sys, time
pid, fd = pty.fork()
if pid == 0:
    os.chdir(sys.argv[1])
    os.environ["PS1"] = "> "
    os.execvp("bash", ["bash", "--norc", "--noprofile"])
def read_until(word):
    seen, end = b"", time.time() + 20
    while word not in seen:
        if time.time() > end: sys.exit(f"waited for {word!r}, saw {seen!r}")
        if select.select([fd], [], [], 0.1)[0]: seen += os.read(fd, 4096)
    return seen
read_until(b"> ")
os.write(fd, b"source <(mlpipe completion bash); mlpipe() { printf 'GOT<%s>\\n' \"$*\"; }; echo rea''dy\n")
read_until(b"ready")
for typed, became in ((b"run p.yaml -p rat\t3", b"run p.yaml -p rate=3"), (b"logs latest tr\t-f", b"logs latest train -f"),
                      (b"run p.yaml --only=tr\t-j 2", b"run p.yaml --only=train -j 2"),
                      (b"run 'my fo\tp\t--only pre\t--local", b"run my folder/p q.yaml --only prepare --local")):
    os.write(fd, b"true; mlpipe " + typed + b"\n")
    read_until(b"GOT<" + became + b">")
os.write(fd, b"exit\n")
os.waitpid(pid, 0)
P
