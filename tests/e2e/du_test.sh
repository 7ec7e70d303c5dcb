#!/usr/bin/env bash
# du tells what the state directory takes, by part, pipeline, step and run: own and shared; and what gc would free.
. "$(dirname "$0")/collecting.sh"
expect_code 2 mlpipe du && expect_err "there are no runs"
{ echo 'name: one'; echo steps:; sized_step both 50; sized_step a 100; } >one.yaml
{ echo 'name: two'; echo steps:; sized_step both 50; sized_step b 200; } >two.yaml
expect_code 0 mlpipe run one.yaml && one=$(newest)
expect_code 0 mlpipe run two.yaml && two=$(newest)
expect_code 0 mlpipe du && expect_out objects && expect_out database && expect_out "would free 0 B"
expect_equal "$(ask "d['parts'][0]['name'], d['parts'][0]['disk_bytes']" du)" "('objects', $(store_bytes))" "the largest part"
whole=$(du -s --block-size=1 .mlpipe | cut -f1)
told=$(ask "d['disk_bytes']" du)
expect_equal "$(ask "sum(p['disk_bytes'] for p in d['parts']) == d['disk_bytes']" du)" True "the sum of all parts"
((told > whole * 9 / 10 && told < whole * 11 / 10)) || fail "du says $whole, mlpipe du $told"
in_blocks() { ask "[(s.get('step') or s.get('run_id') or s['pipeline'], s['own_bytes'] // 4096 // 10 * 10, s['shared_bytes'] // 4096 // 10 * 10) for s in d['shares']]" du --by "$1"; }
expect_equal "$(in_blocks pipeline)" "[('two', 200, 50), ('one', 100, 50)]" "by pipeline"
expect_equal "$(in_blocks run)" "[('$two', 200, 50), ('$one', 100, 50)]" "by run"
expect_equal "$(in_blocks step | tr -d ' ')" "[('b',200,0),('a',100,0),('both',0,50),('both',0,50)]" "by step"
expect_equal "$(ask "all(s['log_bytes'] > 0 for s in d['shares'] if s['step'] != 'both')" du --by step)" True "logs"
expect_code 0 mlpipe delete "$one" --yes
expect_equal "$(in_blocks pipeline)" "[('two', 250, 0)]" "without what was deleted"
free=$(ask "d['gc_would_free_bytes']" du)
((free > 100 * 4096 && free < 130 * 4096)) || fail "would free $free"
expect_equal "$(ask "d['freed_disk_bytes']" gc)" "$free" "what gc frees"
expect_code 2 mlpipe du --by colour && expect_err "expected one of pipeline, step, run"
