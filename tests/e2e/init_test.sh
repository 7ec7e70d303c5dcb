#!/usr/bin/env bash
# init: each template runs at once, and a second time everything is reused; init --json lists what it wrote.
. "$(dirname "$0")/lib.sh"

runs_and_is_reused() {  # runs_and_is_reused FOLDER "its steps"
  cd "$work/$1"
  expect_code 0 mlpipe run pipeline.yaml && expect_executed "$2"
  expect_code 0 mlpipe run pipeline.yaml && expect_executed ""
  [[ -s $(echo out/*) ]] || fail "$1 made nothing in out/"
  cd "$work"
}

expect_code 0 mlpipe init shell
expect_out "  cd shell"
expect_out "  mlpipe run pipeline.yaml"
runs_and_is_reused shell "average clean tell"
expect_file shell/out/sentence.txt "The warmest is Lagos with 29.00 degrees."
expect_equal "$(cd shell && ask_run latest "steps['average']['metrics'][0]['value']")" 3 "metric"

# Where python3 on PATH has no scikit-learn, the system's may.
PATH=/usr/bin:/bin expect_code 0 mlpipe init deep/er/sklearn --template sklearn
PATH=/usr/bin:/bin runs_and_is_reused deep/er/sklearn "evaluate prepare train"

if command -v Rscript >/dev/null; then
  expect_code 0 mlpipe init real --template r
  runs_and_is_reused real "fit prepare"
fi
# Else, and besides: an Rscript that makes the files of its arguments.
mkdir bin
cat >bin/Rscript <<'END'
#!/bin/sh
case $1 in
  --version) echo 'Rscript (R) version 4.2.2 (2022-10-31)' ;;
  -e) printf 'mlpipe:\n/nowhere\n' ;;
  prepare.R) echo "$2" >"$3" ;;
  fit.R) cp "$2" "$3" && cp "$2" "$4" ;;
  *) exit 9 ;;
esac
END
chmod +x bin/Rscript
expect_code 0 mlpipe init r --template r
PATH=$work/bin:$PATH runs_and_is_reused r "fit prepare"
expect_file r/out/summary.txt virginica

expect_code 0 mlpipe init j --json
expect_schema init
expect_equal "$(cd j && find . -type f | sort)" \
  "$(/usr/bin/python3 -c 'import json; print("\n".join(sorted("./" + f for f in json.load(open("out"))["files"])))')" files
expect_code 2 mlpipe init x --template shel && expect_err "did you mean 'shell'?"
[[ ! -e x ]] || fail "a wrong template wrote something"

# Where the program is installed with the schemas, the files name them for editors.
mkdir -p prefix/bin prefix/share/mlpipe && cp "$MLPIPE" prefix/bin/mlpipe
expect_code 0 prefix/bin/mlpipe init without && ! grep -q language-server without/pipeline.yaml || fail "a schema that is not there is named"
cp -r "$REPOSITORY/schemas" prefix/share/mlpipe/
for template in shell sklearn r; do
  expect_code 0 prefix/bin/mlpipe init "named-$template" --template $template
  expect_equal "$(head -n 1 "named-$template/pipeline.yaml")" \
    "# yaml-language-server: \$schema=$work/prefix/share/mlpipe/schemas/pipeline.schema.json" "the first line"
  expect_equal "$(head -n 1 "named-$template/mlpipe.yaml")" \
    "# yaml-language-server: \$schema=$work/prefix/share/mlpipe/schemas/workspace.schema.json" "the first line"
  expect_code 0 mlpipe validate "named-$template/pipeline.yaml"
done
