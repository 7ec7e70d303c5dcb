#!/usr/bin/env bash
# A step sees just the environment it is promised: nothing else of the caller's leaks in.
. "$(dirname "$0")/lib.sh"
mkdir src && echo data >in.txt
cat >src/look.py <<'END'
import json, os, sys
json.dump({"env": dict(os.environ), "cwd": os.getcwd(), "files": sorted(os.listdir("."))}, open(sys.argv[1], "w"))
open("scribble", "w"); open(os.path.join(os.environ["TMPDIR"], "t"), "w")
assert os.path.isfile(os.environ["MLPIPE_INPUT_d"]) and os.path.isdir(os.environ["MLPIPE_OUTPUT_folder"])
assert os.path.isdir(os.path.dirname(os.environ["MLPIPE_OUTPUT_seen"]))
context = json.load(open(os.environ["MLPIPE_CONTEXT"]))
assert context["run_id"] == os.environ["MLPIPE_RUN_ID"] and context["parameters"] == {"rate": "1e-3"}, context
assert context["inputs"]["d"] == os.environ["AZURE_ML_INPUT_d"], context
END
cat >p.yaml <<'END'
experiment_name: lab
parameters: {rate: 1e-3}
steps:
  look:
    source_directory: src
    script_name: look.py
    arguments: ["${{outputs.seen}}"]
    inputs: {d: {type: uri_file, path: in.txt}, rate: "${{parameters.rate}}"}
    outputs: {seen: {type: uri_file, file_name: seen.json}, folder: {type: uri_folder}}
    environment_variables: {OWN: "a b"}
END
before=$(find src -printf '%p %T@\n' | sort)
expect_code 0 env -i PATH=/usr/bin:/bin HOME="$work" USER=me LEAK=1 LC_TIME=de_DE MLPIPE_STEP=lie PYTHONPATH=/nowhere \
  https_proxy=http://p TZ=Asia/Tokyo MLPIPE_SLOT_DIRECTORY="$MLPIPE_SLOT_DIRECTORY" "$MLPIPE" run p.yaml
expect_equal "$(find src -printf '%p %T@\n' | sort)" "$before" "the source directory"
expect_code 0 mlpipe get latest look.seen .
ask() { /usr/bin/python3 -c 'import json, sys; seen = json.load(open("seen.json")); env = seen["env"]; print(eval(sys.argv[1]))' "$1"; }
names=$(ask '" ".join(sorted(set(env) - {"_", "PWD", "SHLVL", "LC_CTYPE", "OLDPWD"}))')
expect_equal "$names" "AML_PARAMETER_rate AZUREML_RUN_ID AZURE_ML_INPUT_d AZURE_ML_OUTPUT_folder AZURE_ML_OUTPUT_seen HOME LANG LC_ALL MLPIPE_ATTEMPT MLPIPE_CONTEXT MLPIPE_EXPERIMENT MLPIPE_INPUT_d MLPIPE_INPUT_rate MLPIPE_METRICS MLPIPE_OUTPUT_folder MLPIPE_OUTPUT_seen MLPIPE_RUN_ID MLPIPE_STEP OWN PATH PYTHONUNBUFFERED TMPDIR TZ USER https_proxy"
expect_equal "$(ask '[env[n] for n in "LANG LC_ALL TZ OWN MLPIPE_STEP MLPIPE_EXPERIMENT MLPIPE_ATTEMPT AML_PARAMETER_rate".split()]')" \
  "['C.UTF-8', 'C.UTF-8', 'UTC', 'a b', 'look', 'lab', '1', '1e-3']"
expect_equal "$(ask 'seen["files"]')" "['logs', 'look.py', 'outputs']"
expect_equal "$(ask 'env["AZUREML_RUN_ID"]')" "$(ask_run latest "run['run_id']")"
expect_equal "$(find .mlpipe/work -mindepth 1 ! -name scratch)" "" "work after success"
