#!/usr/bin/env bash
# Misspelt words, values outside of what they may be, and expressions that are not closed.
. "$(dirname "$0")/faults.sh"
mkdir d
for text in '' $'# nothing\n' $'---\n...\n'; do
  printf '%s' "$text" >bad.yaml
  expect_code 2 mlpipe validate bad.yaml
  expect_err "bad.yaml:1:1: error: the file is empty"
done
cat >bad.yaml <<'END'
type: pipeline
inputs:
  a: {type: uri_fil, path: ./d}
  b: {type: uri_folder, path: ./d, mode: mnt}
  d: {type: string, enum: [a, b], default: c}
  e: {type: integer, min: 3, default: x}
outputs:
  o: {type: number}
  p: {mode: rx_mount}
settings: {force_rerun: yes, default_compue: x}
jobs:
  a: {command: date, distribution: {type: pytorsch}}
  b: {type: comand, command: date}
  c: {type: do_while}
  d: {command: 'echo $[[--x ${{inputs.x}}', inputs: {x: 1}}
  e: {command: 'echo $[[ a $[[ b ]] ]]'}
  f: {command: 'echo ${{inputs.x', inputs: {x: 1}}
  g: {command: 'echo ${{input.x}}', inputs: {x: 1}}
  h: {command: date, inputs: {x: "${{creation_context.trigger_time}}"}}
  i: {command: 'echo ${{search_space.x}}'}
  j: {command: 'echo ${{name}}'}
  k: {command: date, environment: {imgae: a}}
  l: {command: date, resources: {instance_count: 4}}
  m: {command: date, distribution: {type: ray}}
END
expect_problem 3:13 "unknown data type 'uri_fil' (did you mean 'uri_file'?)"
expect_problem 4:42 "unknown input mode 'mnt'"
expect_problem 6:39 "the parameter 'e' takes an integer, not 'x'"
expect_problem 8:13 "unknown data type 'number'"
expect_problem 9:13 "unknown output mode 'rx_mount'"
expect_problem 10:25 "'force_rerun' must be true or false, not 'yes'"
expect_problem 12:43 "unknown distribution 'pytorsch' (did you mean 'pytorch'?)"
expect_problem 13:13 "unknown step type 'comand' (of the step 'b') (did you mean 'command'?)"
expect_problem 14:13 "mlpipe does not know steps of type 'do_while' yet (as the step 'c')"
expect_problem 15:16 "'\$[[' begins an optional part that has no ']]'"
expect_problem 16:16 "'\$[[' begins an optional part inside another one"
expect_problem 17:16 "'\${{' begins an expression that has no '}}'"
expect_problem 18:16 "unknown expression '\${{input.x}}'"
expect_problem 19:35 "mlpipe does not know '\${{creation_context.trigger_time}}' yet"
expect_problem 20:22 "'\${{search_space.x}}' has a value in the trial of a sweep only"
expect_problem 21:22 "'\${{name}}' has a value in the path of an output only"
expect_problem 22:36 "unknown key 'imgae' in the environment (did you mean 'image'?)"
expect_problem 23:50 "mlpipe does not run a step on several instances yet"
expect_problem 24:43 "mlpipe does not run distributions of type 'ray' yet"

# A malformed optional part, as one finds it in examples, is told and kept.
cat >odd.yaml <<'END'
jobs: {a: {command: 'echo $[[inputs.x]] > x', inputs: {x: 1}}}
END
expect_code 0 mlpipe validate odd.yaml
expect_err "odd.yaml:1:27: warning: an optional part '\$[[ … ]]' without an input in it is always kept"

# A setting that nobody knows is no error.
cat >odd.yaml <<'END'
settings: {default_compue: x, contineu_on_step_failure: true}
jobs: {a: {command: date}}
END
expect_code 0 mlpipe validate odd.yaml
expect_err "1:12: warning: unknown setting 'default_compue', which has no effect (did you mean 'default_compute'?)"
expect_err "1:31: warning: unknown setting 'contineu_on_step_failure', which has no effect (did you mean 'continue_on_step_failure'?)"
