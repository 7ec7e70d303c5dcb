#!/usr/bin/env bash
# What finds nothing new is not planned again, and shows the steps of the run before it. Whatever a plan is made from, a
# change of it is seen, also one that keeps size and times as well as it can.
. "$(dirname "$0")/changes.sh"
beside() { :; }

settle
all_changes
change="an output in the store" && find .mlpipe/objects -name o -path '*content*' | head -1 | while read -r file; do
  chmod -R u+w "${file%/*}" && rm "$file"
done && run && [[ -n $(executed) ]] || fail "an output is gone, and nothing ran"
settle
change="another Python" && printf '#!/bin/sh\nexec /usr/bin/python3 "$@"\n' >bin/python3 && cp bin/python3 bin/python && chmod +x bin/*
PATH=$work/bin:$PATH run
expect_equal "$(executed)" "" "steps after '$change': it is a shim of the same one"
settle

# Other requests are other runs, and come back to what was.
run -p word=two && expect_equal "$(executed)" "a b"
settle -p word=two
run && expect_equal "$(executed)" ""
run --params words.yaml && expect_equal "$(executed)" ""
sed -i s/one/six/ words.yaml
run --params words.yaml && expect_equal "$(executed)" "a b"
settle --params words.yaml
sed s/six/ten/ words.yaml >ten && touch -r words.yaml ten && cat ten >words.yaml && touch -r ten words.yaml
run --params words.yaml && expect_equal "$(executed)" "a b"

# A Python that is only a shim is asked in every run: what it leads to hangs on more than can be looked at.
change="what a shim leads to"
mkdir shims v1 v2
printf '#!/bin/sh\nexec %s/v$(cat %s/version)/python3 "$@"\n' "$work" "$work" >shims/python3
for n in 1 2; do printf '#!/bin/sh\nexport SHIM=%s\nexec /usr/bin/python3 "$@"\n' $n >v$n/python3; done
mkdir packages && mkdir packages/shimmed-1.0.dist-info && printf 'Name: shimmed\nVersion: 1.0\n' >packages/shimmed-1.0.dist-info/METADATA
printf '#!/bin/sh\nPYTHONPATH=%s/packages exec /usr/bin/python3 "$@"\n' "$work" >v2/python3
chmod +x shims/python3 v1/python3 v2/python3 && echo 1 >version && : >mlpipe.yaml
(
  export PATH=$work/shims:$PATH
  run && sleep 2.1 && run && run && run
  expect_equal "$(executed)" ""
  ! is_short || fail "a run with a shim was not planned"
  echo 2 >version
  run && expect_equal "$(executed)" "c" "steps after '$change'"
)

# What is remembered is of this database: another run has the number in one that was begun anew.
settle
rm .mlpipe/mlpipe.db*
run -p word=two
run -p word=two
run && expect_equal "$(executed)" "a b"
expect_code 0 mlpipe get latest a.o of_one && expect_equal "$(tail -1 of_one/o)" "is one"

# Without the runs that made them, results are not reused; nor what was asked to be made anew.
settle
run --regenerate-outputs && expect_equal "$(executed)" "a b c z"
settle
mlpipe runs -n 1000 --json | /usr/bin/python3 -c 'import json, sys
for run in json.load(sys.stdin)["runs"]: print(run["run_id"])' >ids
xargs "$MLPIPE" delete --yes <ids >/dev/null
run && expect_equal "$(executed)" "a b c z"

# Whether steps may fail is another request.
settle
run --continue-on-step-failure && expect_equal "$(executed)" ""
! is_short || fail "a run that may go on after a failure was taken for one that may not"

# R is asked in every run, too.
mkdir -p r/bin r/src && cd r
printf '#!/bin/sh\ncase $1 in\n--version) echo "Rscript (R) version 4.2.2 (2022-10-31)" ;;\n-e) printf "mlpipe:\\n/nowhere\\n" ;;\n*) echo made >"$2" ;;\nesac\n' >bin/Rscript
chmod +x bin/Rscript
echo '# R' >src/fit.R
echo "steps: {fit: {source_directory: src, script_name: fit.R, arguments: ['\${{outputs.o}}'], outputs: {o: {type: uri_file}}}}" >p.yaml
echo "{}" >mlpipe.yaml
export PATH=$work/r/bin:$PATH
run && sleep 2.1 && run && run && run
expect_equal "$(executed)" ""
! is_short || fail "a run with a step in R was not planned"
sed -i s/4.2.2/4.3.1/ bin/Rscript
run && expect_equal "$(executed)" "fit" "steps after another version of R"
