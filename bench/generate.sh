#!/usr/bin/env bash
# Writes one graph twice, for mlpipe and for ninja, in a fresh git work tree.
# Usage: bench/generate.sh FOLDER STEPS [SHELL-OF-NINJA]
# Chains of ten steps; the head of each reads a file of its own, every other step what the one before
# it wrote. A step puts its own name before the line it read, so no two steps do equal work, and the
# last output of a chain tells whether all ten ran. SHELL-OF-NINJA: sh (default; ninja's own way), or
# bash (what mlpipe uses for a command).
set -euo pipefail

folder=$1 steps=$2 shell=${3:-sh}
[[ ! -e $folder ]] || { echo "generate.sh: $folder is there already" >&2; exit 2; }
mkdir -p "$folder"/{mlpipe,ninja}/src "$folder/ninja/out"
cd "$folder"

awk -v steps="$steps" '
  BEGIN {
    print "name: bench\nsteps:" > "mlpipe/pipeline.yaml"
    for (i = 0; i < steps; i++) {
      if (i % 10 == 0) {
        chain = sprintf("src/chain%d.txt", i / 10)
        printf "text of chain %d\n", i / 10 > ("mlpipe/" chain); close("mlpipe/" chain)
        printf "text of chain %d\n", i / 10 > ("ninja/" chain); close("ninja/" chain)
        data = "{type: uri_file, path: ./" chain "}"
      } else {
        data = "\"${{steps.s" (i - 1) ".outputs.made}}\""
      }
      printf "  s%d:\n", i > "mlpipe/pipeline.yaml"
      printf "    command: read -r line < \"${{inputs.data}}\"; echo \"s%d $line\" > \"${{outputs.made}}\"\n", i \
        > "mlpipe/pipeline.yaml"
      printf "    inputs: {data: %s}\n", data > "mlpipe/pipeline.yaml"
      print "    outputs: {made: {type: uri_file, file_name: made.txt}}" > "mlpipe/pipeline.yaml"
    }
  }'
cat > mlpipe/mlpipe.yaml <<'E2'
compute_targets:
  local: {type: local}
E2

awk -v steps="$steps" -v shell="$shell" '
  BEGIN {
    text = "read -r line < $in; echo \"$name $$line\" > $out"
    print "rule step\n  command = " (shell == "sh" ? text : shell " -c '\''" text "'\''")
    for (i = 0; i < steps; i++) {
      data = i % 10 == 0 ? sprintf("src/chain%d.txt", i / 10) : sprintf("out/s%d.txt", i - 1)
      printf "build out/s%d.txt: step %s\n  name = s%d\n", i, data, i
    }
  }' > ninja/build.ninja

printf '.mlpipe/\n.ninja_*\nout/\n' > .gitignore
export GIT_CONFIG_GLOBAL=/dev/null
git init -q .
git add -A
git -c user.name=bench -c user.email=bench@example.org commit -q -m "The graph"
