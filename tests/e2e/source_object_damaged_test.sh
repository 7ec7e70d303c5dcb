#!/usr/bin/env bash
# The copy of its sources in the store is damaged while a step runs: it may have read that, so its result does not count.
# (What the property test found with seed 15188: between the look at the copy and its being copied to the step.)
. "$(dirname "$0")/running.sh"
mkdir src && echo good >src/x
cat >p.yaml <<Y
steps:
  s: {source_directory: src, command: "$(trace s); cat x >\${{outputs.o}}; $(until_go s)", outputs: {o: {type: uri_file}}}
Y
start run run p.yaml
wait_until 20 has_trace s
damaged=$(find .mlpipe/objects -path '*/content/x')
stamp=$(stat -c %y "$damaged")
chmod u+w "$damaged" && echo evil >"$damaged" && touch -d "$stamp" "$damaged" && chmod u-w "$damaged"
go s
expect_end 0 "$driver"
grep -q "the copy of its sources was changed in the store while the step ran: this result is not kept for reuse" run.err ||
  fail "not told: $(cat run.err)"
expect_code 0 mlpipe run p.yaml
expect_equal "$(executed)" s
expect_traces "s s"
expect_code 0 mlpipe run p.yaml
expect_equal "$(executed)" ""
expect_sound_database
