#!/usr/bin/env bash
# What a step made on a machine behind SSH is lost there while the run goes on, and a later step of the same run needs it: it
# is made once more, of itself. Sources that are lost there are sent again.
. "$(dirname "$0")/running.sh"
. "$REPOSITORY/tests/e2e/ssh.sh"
start_hosts a
mkdir source
echo "cat \"\$1\" >\"\$2\"; $(trace used)" >source/use.sh
cat >p.yaml <<Y
steps:
  make: {compute_target: a, command: "$(trace made); echo made >\${{outputs.o}}", outputs: {o: {type: uri_file, file_name: o}}}
  first:
    compute_target: a
    source_directory: source
    script_name: use.sh
    arguments: ["\${{inputs.o}}", "\${{outputs.o}}"]
    inputs: {o: "\${{steps.make.outputs.o}}"}
    outputs: {o: {type: uri_file}}
  gate: {command: "$(trace waits); $(until_go on)", depends_on: [first]}
  second:
    compute_target: a
    source_directory: source
    script_name: use.sh
    arguments: ["\${{inputs.o}}", "\${{outputs.o}}", again]
    inputs: {o: "\${{steps.make.outputs.o}}"}
    outputs: {o: {type: uri_file, path: result}}
    depends_on: [gate]
Y
start one run p.yaml
wait_until 30 has_trace waits
chmod -R u+w "$(remote_root a)/objects"
rm -rf "$(remote_root a)"/objects/*
go on
expect_end 0 "$driver"
expect_file result made
expect_traces "made made used used waits"
expect_code 0 mlpipe verify --deep
expect_code 0 mlpipe run p.yaml
expect_out "all 4 steps reused"

# Somebody asks for what is lost there: from then on it is known, and the next run makes it anew.
chmod -R u+w "$(remote_root a)/objects"
rm -rf "$(remote_root a)"/objects/*
expect_code 3 mlpipe get latest make.o got
expect_err "run the pipeline again to make it anew"
expect_code 0 mlpipe run p.yaml
expect_out "1 ran"
expect_code 0 mlpipe get latest make.o got
expect_file got/o made
