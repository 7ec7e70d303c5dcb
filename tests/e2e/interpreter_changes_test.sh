#!/usr/bin/env bash
# A package that changes while the run goes on counts for the steps that start after it, and a
# result made while it changed is not kept.
. "$(dirname "$0")/lib.sh"
/usr/bin/python3 -m venv --without-pip env >/dev/null 2>&1 || skip "python3-venv is not installed"
site=$(echo env/lib/python3*/site-packages)
put() { rm -rf "$site"/foo* "$site/__pycache__"; mkdir "$site/foo-$1.dist-info"; echo "V = '$1'" >"$site/foo.py"; }
put 1.0
cat >mlpipe.yaml <<'END'
environments: {e: {type: system, python: env/bin/python3}}
END
cat >p.yaml <<'END'
parameters: {v: 1, flag: none}
steps:
  a:
    command: "touch ${{parameters.flag}}.begun; while [ ! -e ${{parameters.flag}}.go ]; do sleep 0.05; done; echo ${{parameters.v}}"
  b:
    command: "python -c 'import foo; print(foo.V)' > ${{outputs.o}}"
    outputs: {o: {type: uri_file, file_name: o}}
    environment: e
    depends_on: [a]
END
"$MLPIPE" run p.yaml -p flag="$PWD/f" >log 2>&1 &
background+=($!)
wait_until 20 test -e f.begun
put 2.0
touch f.go
wait "${background[0]}"
mlpipe get latest b.o first >/dev/null
expect_file first/o 2.0
put 1.0
expect_code 0 mlpipe run p.yaml -p flag="$PWD/f"
mlpipe get latest b.o second >/dev/null
expect_file second/o 1.0

# The python of the environment counts for a shell script too, and for programs it starts.
mkdir src && echo 'python -c "import foo; print(foo.V)" > "$MLPIPE_OUTPUT_o"' >src/go.sh
cat >s.yaml <<'END'
steps:
  s: {source_directory: src, script_name: go.sh, environment: e, outputs: {o: {type: uri_file, file_name: o}}}
END
expect_code 0 mlpipe run s.yaml
put 2.0
expect_code 0 mlpipe run s.yaml
expect_executed "s"
