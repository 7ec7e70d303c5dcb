#!/usr/bin/env bash
# A source directory or script that is not there, or not what it should be, is told before anything runs.
. "$(dirname "$0")/faults.sh"

mkdir src && touch src/a.sh src/plain data.txt && ln -s gone dangling && ln -s loop loop
cat >bad.yaml <<'END'
steps:
  a: {source_directory: src, script_name: b.sh}
  b: {source_directory: scr, script_name: a.sh}
  c: {source_directory: data.txt, script_name: a.sh}
  d: {source_directory: src}
  e: {script_name: a.sh}
  f: {source_directory: dangling, script_name: a.sh}
  g: {source_directory: loop, script_name: a.sh}
  h: {source_directory: src, script_name: ../data.txt}
  i: {source_directory: src, script_name: a.sh, command: "true"}
  j: {source_directory: ., script_name: src}
  k: {source_directory: src, script_name: plain}
END
expect_problem 2:43 "the script 'b.sh' is not in the source directory (did you mean 'a.sh'?)"
expect_problem 3:25 "the source directory 'scr' does not exist (did you mean 'src'?)"
expect_problem 4:25 "the source directory 'data.txt' is a file, not a folder"
expect_problem 5:3 "the step 'd' does not say what to run"
expect_problem 6:3 "the step 'e' has a script, but no source directory"
expect_problem 7:25 "the source directory 'dangling' is a link that leads nowhere"
expect_problem 8:25 "the source directory 'loop'"
expect_problem 9:43 "the script '../data.txt' leads out of the source directory"
expect_problem 10:43 "the step 'i' has both 'script_name' and 'command'"
expect_problem 11:41 "the script 'src' is not a file"
expect_problem 12:43 "the script 'plain' cannot be run"
