#!/usr/bin/env bash
# Plain gc removes what only deleted runs have, tells what it frees in real disk use, and leaves the rest; runs stay shown.
. "$(dirname "$0")/collecting.sh"
{ echo steps:; sized_step both 10; sized_step only 300; } >p.yaml
expect_code 0 mlpipe run p.yaml
first=$(newest)
{ echo steps:; sized_step both 10; sized_step new 20; } >p.yaml
expect_code 0 mlpipe run p.yaml && expect_executed new
second=$(newest)

# Nothing is garbage yet.
expect_equal "$(ask "d['freed_disk_bytes'], d['results']" gc)" "(0, [])" "what there is to free"
expect_whole_store
expect_code 0 mlpipe delete "$first" --yes
before=$(store_bytes)
[[ -s .mlpipe/logs/$first/only.1.stdout ]] || fail "no log to be removed"
expect_code 0 mlpipe gc --dry-run && expect_out "would free 1.2 MB" && expect_out "$first  only"
told=$(ask "d['freed_disk_bytes']" gc --dry-run)
expect_equal "$(store_bytes)" "$before" "after a dry run"
expect_code 0 mlpipe gc --json && expect_schema gc
freed=$(/usr/bin/python3 -c 'import json; d = json.load(open("out")); print(d["freed_disk_bytes"], d["objects"]["disk_bytes"], d["store_disk_bytes"])')
read -r freed of_objects left <<<"$freed"
expect_equal "$freed" "$told" "freed, and told before"
expect_equal "$((before - $(store_bytes)))" "$of_objects" "what the disk says was freed"
expect_equal "$(store_bytes)" "$left" "what is left"
((of_objects >= 300 * 4096)) || fail "only $of_objects were freed"
expect_whole_store

# Its log is gone; that of the result which the second run shows is there.
[[ ! -e .mlpipe/logs/$first/only.1.stdout ]] || fail "the log of a deleted run is there"
expect_code 0 mlpipe logs "$second" both && expect_out "made both"
expect_code 0 mlpipe logs "$first" only && expect_err "collected"

# The rows stay; what is gone is told, with the way to have it again.
expect_code 0 mlpipe show "$first" && expect_out Completed
expect_code 0 mlpipe show "$first" only && expect_out "collected by gc, 20"
expect_code 2 mlpipe get "$first" only.out dir
expect_err "output 'only.out' of run $first was collected by gc on 20" && expect_err "run the pipeline again to make it anew"
expect_code 0 mlpipe get "$first" both.out dir
expect_code 0 mlpipe report "$first" -o page.html
expect_equal "$(ask "d['freed_disk_bytes']" gc)" 0 "the second time"
expect_code 0 mlpipe run p.yaml && expect_executed ""
{ echo steps:; sized_step both 10; sized_step only 300; } >p.yaml
expect_code 0 mlpipe run p.yaml && expect_executed only
expect_code 0 mlpipe get latest only.out again
expect_whole_store
