#!/usr/bin/env bash
# verify beside running drivers and other checks: no false alarm, no result lost, all end well.
. "$(dirname "$0")/running.sh"

/usr/bin/python3 - >p.yaml <<'END'
print("parameters: {word: one}\nsteps:")
for i in range(12):
    read = f', inputs: {{i: "${{{{steps.s{i-1}.outputs.o}}}}"}}' if i % 4 else ""
    print(f'  s{i}: {{command: "echo ${{{{parameters.word}}}} {i} > ${{{{outputs.o}}}}", outputs: {{o: {{type: uri_file}}}}{read}}}')
END
expect_code 0 mlpipe run p.yaml
for round in 1 2 3; do
  start "a$round" run p.yaml -p word="a$round" -j 4
  first=$driver
  start "b$round" run p.yaml -p word="a$round" -j 4 --regenerate-outputs
  second=$driver
  expect_code 0 mlpipe verify --deep
  start "v$round" verify --deep
  third=$driver
  expect_code 0 mlpipe verify
  expect_end 0 "$first"
  expect_end 0 "$second"
  expect_end 0 "$third"
done
# Many at once find damage once.
object=$(find .mlpipe/objects -path '*/content/o' | head -1)
chmod u+w "$object" && echo evil >"$object"
drivers=()
for each in 1 2 3 4; do
  start "w$each" verify --deep
  drivers+=("$driver")
done
found=0
for each in "${drivers[@]}"; do
  code=0
  wait "$each" || code=$?
  [[ $code == 0 || $code == 3 ]] || fail "code $code"
  [[ $code == 0 ]] || found=1
done
[[ $found == 1 ]] || fail "nobody found the damage"
expect_equal "$(find .mlpipe/quarantine -mindepth 1 -maxdepth 1 | wc -l)" 1 "in quarantine"
expect_code 0 mlpipe verify --deep
expect_sound_database
