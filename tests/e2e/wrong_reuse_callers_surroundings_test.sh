#!/usr/bin/env bash
# Would break what is in no tool's key: locale, time zone, hash seed, umask, variables of the caller. A step
# does not see the caller's, so they need not count; what it asks for by name counts.
. "$(dirname "$0")/lib.sh"

mkdir src
cat >src/look.py <<'END'
import locale, os, time
print(os.environ.get("LANG"), os.environ.get("LC_ALL"), locale.setlocale(locale.LC_ALL, ""), time.tzname)
print({name: value for name, value in os.environ.items() if name.startswith(("PYTHON", "OTHER", "LC_", "TZ"))})
print(oct(os.umask(0)), os.getcwd() == os.environ["MLPIPE_CONTEXT"])
END
cat >p.yaml <<'END'
steps:
  look:
    source_directory: src
    command: "/usr/bin/python3 look.py > ${{outputs.o}}; umask >> ${{outputs.o}}; touch f; stat -c %a f >> ${{outputs.o}}"
    outputs: {o: {type: uri_file}}
END
look() {  # look NAME UMASK variables…: run anew, keep what the step saw
  local name=$1 mask=$2
  shift 2
  (umask "$mask" && cd / && env "$@" "$MLPIPE" run "$work/p.yaml" --regenerate-outputs >"$work/log" 2>&1) || { cat log; fail "$name"; }
  expect_code 0 mlpipe get latest look.o "$name"
}
look plain 022
look other 077 LANG=de_DE.UTF-8 LC_ALL=tr_TR.UTF-8 LC_NUMERIC=fr_FR TZ=Asia/Tokyo PYTHONHASHSEED=7 PYTHONPATH=/tmp OTHER=1
cmp plain/o other/o || fail "a step sees what does not count"
look narrow 177
cmp plain/o narrow/o || fail "a step sees what does not count"
expect_equal "$(ask_run latest "steps['look']['varying']")" False varying

sed -i 's/^    outputs/    pass_environment: [OTHER]\n    outputs/' p.yaml
expect_code 0 env OTHER=1 "$MLPIPE" run p.yaml
expect_code 0 env OTHER=2 "$MLPIPE" run p.yaml
expect_executed look
