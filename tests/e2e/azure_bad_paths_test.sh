#!/usr/bin/env bash
# Paths that lead out of where they belong, and names that are paths.
. "$(dirname "$0")/faults.sh"
mkdir d
echo x >d/x
cat >bad.yaml <<'END'
outputs:
  ../x: {path: ./y}
  /abs:
jobs:
  a:
    command: date
    additional_includes:
      - /etc/hosts
      - ..
      - ../..
      - nowhere
      - d/
      - ./d
  b:
    code: d
    command: date
    additional_includes: [d.zip, ./d/x]
  c:
    command: date
    outputs:
      ..:
      a/b:
      path:
      o: {file_name: ../x, type: uri_file}
      p: {name: a/b}
      q: {path: "azureml://datastores/default/paths/../../x"}
      r: {path: "azureml://datastores/defualt/paths/x"}
      s: {path: "https://example.org/x"}
      t: {datastore: default}
      u: {version: 3}
      A:
      a:
  b c: {command: date}
  1x: {command: date}
END
expect_problem 2:3 "'../x' cannot be the name of an output"
expect_problem 3:3 "'/abs' cannot be the name of an output"
expect_problem 8:9 "'/etc/hosts' of 'additional_includes' is an absolute path"
expect_problem 9:9 "'..' of 'additional_includes' has no name to be put under"
expect_problem 10:9 "'../..' of 'additional_includes' has no name to be put under"
expect_problem 11:9 "'nowhere' of 'additional_includes' does not exist"
expect_problem 13:9 "'./d' of 'additional_includes' would be put under the name 'd', which another one has, too"
expect_problem 17:27 "mlpipe does not make 'd.zip' of 'additional_includes' from the folder 'd'"
expect_problem 17:34 "'./d/x' of 'additional_includes' would be put under the name 'x', which the sources have already"
expect_problem 21:7 "'..' cannot be the name of an output"
expect_problem 22:7 "'a/b' cannot be the name of an output"
expect_problem 23:7 "the name 'path' is reserved and cannot name an output"
expect_problem 24:22 "'../x' cannot be the name of a file"
expect_problem 25:17 "'a/b' cannot be the name of a data asset"
expect_problem 26:17 "'../../x' leads out of the datastore 'default'"
expect_problem 27:17 "the workspace has no datastore 'defualt' (did you mean 'default'?)"
expect_problem 28:17 "mlpipe does not write to 'https://example.org/x'"
expect_problem 29:22 "the output 't' names a datastore, but no path on it"
expect_problem 30:20 "the output 'u' has a version, but no name to register it under"
expect_problem 32:7 "'A' and 'a' differ only in case"
expect_problem 33:3 "'b c' cannot be the name of a step"
expect_problem 34:3 "'1x' cannot be the name of a step"

# First and last steps.
cat >bad.yaml <<'END'
settings: {on_init: a, on_finalize: fist}
jobs:
  a: {command: date, outputs: {o: }}
  b: {command: date, inputs: {i: "${{parent.jobs.a.outputs.o}}"}}
  first: {command: date}
END
expect_problem 1:37 "'on_finalize': the pipeline has no step 'fist' (did you mean 'first'?)"
expect_problem 3:3 "the step 'a' of 'on_init' is bound to 'b', by the input 'i'"
cat >bad.yaml <<'END'
settings: {on_init: a, on_finalize: a}
jobs: {a: {command: date}, b: {command: date}}
END
expect_problem 1:11 "'on_init' and 'on_finalize' name the same step"
