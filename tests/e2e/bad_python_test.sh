#!/usr/bin/env bash
# A python: that does not answer as Python is mlpipe.yaml's fault.
. "$(dirname "$0")/faults.sh"

mkdir src && echo 'print(1)' >src/a.py
echo 'steps: {a: {source_directory: src, script_name: a.py}}' >pipeline.yaml
echo 'environments: {system: {python: /bin/true}}' >mlpipe.yaml
expect_code 2 mlpipe run pipeline.yaml
expect_err "mlpipe.yaml:1:16: error: step 'a': '/bin/true' does not answer as Python 3 does"
rm mlpipe.yaml
mkdir bin && ln -s /usr/bin/env bin/env
expect_code 2 env PATH="$work/bin" "$MLPIPE" run pipeline.yaml
expect_err "pipeline.yaml:1:9: error: step 'a': it needs python, and there is none on PATH"
expect_code 0 mlpipe run pipeline.yaml
expect_sound_database
