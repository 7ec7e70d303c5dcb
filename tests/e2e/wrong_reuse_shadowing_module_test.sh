#!/usr/bin/env bash
# Would break a key of the files that were read: a new module, found earlier, takes the place of one that was.
. "$(dirname "$0")/lib.sh"

mkdir -p src/later shared
echo "V = 'later'" >src/later/foo.py
echo 'import sys; sys.path[1:1] = ["later"]; import foo, wave; print(foo.V, getattr(wave, "V", "standard"))' >src/main.py
echo 'import os; print(sorted(os.listdir(os.environ["SHARED"])))' >src/list.py
cat >p.yaml <<END
steps:
  own: {source_directory: src, script_name: main.py}
  outside:
    source_directory: src
    script_name: list.py
    hash_paths: [../shared]
    environment_variables: {SHARED: $work/shared}
END
expect_code 0 mlpipe run p.yaml
expect_equal "$(mlpipe logs latest own --stdout)" "later standard"
echo "V = 'earlier'" >src/foo.py
expect_code 0 mlpipe run p.yaml
expect_equal "$(mlpipe logs latest own --stdout)" "earlier standard"
echo "V = 'ours'" >src/wave.py  # before one of the standard library
expect_code 0 mlpipe run p.yaml
expect_equal "$(mlpipe logs latest own --stdout)" "earlier ours"
echo 1 >shared/new.py
expect_code 0 mlpipe run p.yaml
expect_executed outside
expect_equal "$(mlpipe logs latest outside --stdout)" "['new.py']"
