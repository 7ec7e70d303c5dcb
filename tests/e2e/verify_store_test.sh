#!/usr/bin/env bash
# verify finds every kind of damage, names what it touches, sets it aside, and the next run makes it anew.
. "$(dirname "$0")/history.sh"

mkdir -p src && printf 'mkdir -p "$1/d"; echo aaaa >"$1/d/a"; echo b >"$1/b"; ln -s b "$1/l"; chmod +x "$1/b"\n' >src/make.sh
cat >p.yaml <<'END'
steps:
  make:
    source_directory: src
    script_name: make.sh
    arguments: ["${{outputs.tree}}"]
    outputs: {tree: {type: uri_folder}}
  use: {command: "cat ${{inputs.tree}}/b > ${{outputs.o}}", inputs: {tree: "${{steps.make.outputs.tree}}"}, outputs: {o: {type: uri_file}}}
END
expect_code 0 mlpipe run p.yaml
made=$(find .mlpipe/objects -path '*/content/d/a')
made=${made%/content/d/a}
source_object=$(find .mlpipe/objects -path '*/content/make.sh')
source_object=${source_object%/content/make.sh}
whole() {  # verify finds nothing, however close it looks
  expect_code 0 mlpipe verify "$@"
  expect_out "all are whole"
}
whole
whole --deep
# Nothing is touched by looking.
expect_code 0 mlpipe run p.yaml
expect_executed ""

unlock() { chmod u+w "$made" "$made"/content "$made"/content/d "$made"/content/d/a "$made"/entries; }
found() {  # found "what is said" [--deep]: verify says so, then nothing more; the next run makes it anew
  expect_code 3 mlpipe verify "${@:2}"
  expect_out "$1"
  expect_out "output 'tree' of step 'make'"
  expect_out "make runs again when it is needed"
  whole --deep
  expect_code 0 mlpipe run p.yaml
  expect_executed make
  expect_code 0 mlpipe why latest make && expect_out "its stored output 'tree' was damaged or lost, and set aside"
  whole
}
flip() {  # a byte, as by a bad disk: no stat shows it but ctime
  unlock
  touch -r "$made/content/d/a" before
  printf X | dd of="$made/content/d/a" bs=1 seek=1 conv=notrunc status=none
  touch -r before "$made/content/d/a"
}
flip; found "'d/a' has other bytes, as many as before"
flip; found "'d/a' has other bytes" --deep
unlock; printf aa >"$made/content/d/a"; found "'d/a' had 5 bytes and has 2"
unlock; rm "$made/content/d/a"; found "'d/a' is missing"
unlock; echo x >"$made/content/d/new"; found "'d/new' was added"
chmod 0555 "$made/content/d/a"; found "'d/a' was not executable"
unlock; ln -sfn d "$made/content/l"; found "the link 'l' led to 'b' and leads to 'd'"
unlock; rm "$made/content/b"; mkdir "$made/content/b"; found "'b' was a file and is a folder"
unlock; mkfifo "$made/content/fifo"; found "fifo"
chmod -R u+w "$made"; rm -r "$made"; found "missing:"
chmod -R u+w "$made"; rm -r "$made/content"; found "damaged:"
unlock; head -c 40 "$made/entries" >begin; cp begin "$made/entries"; echo x >"$made/content/d/new"
found "its manifest is missing or damaged"
[[ $(find .mlpipe/quarantine -mindepth 1 -maxdepth 1 | wc -l) == 11 ]] || fail "quarantine: $(ls .mlpipe/quarantine)"

# What only looks other is whole: a manifest cut or gone, a write bit, a new date.
for touched in "head -c 40 $made/entries >begin; cp begin $made/entries" "rm $made/entries" "chmod u+w $made/content/d/a" "touch $made/content/d/a"; do
  unlock
  eval "$touched"
  expect_code 0 mlpipe verify
  expect_out "1 object had been touched or moved, and is whole"
  whole --deep
  expect_code 0 mlpipe run p.yaml
  expect_executed ""
done

# A copy of sources is an object too: nothing runs again for it.
chmod -R u+w "$source_object"
echo evil >>"$source_object/content/make.sh"
expect_code 3 mlpipe verify
expect_out "the copied sources of step 'make'"
expect_code 0 mlpipe run p.yaml
expect_executed ""
echo '# new' >>src/make.sh
expect_code 0 mlpipe run p.yaml
expect_executed make

# Objects nobody knows, and what is no object.
mkdir -p .mlpipe/objects/zz && touch .mlpipe/objects/README
expect_code 0 mlpipe verify
expect_out "README' is no object"
expect_out "objects/zz' is no object"
/usr/bin/python3 - <<'END'
import sqlite3
database = sqlite3.connect(".mlpipe/mlpipe.db")
database.execute("DELETE FROM outputs WHERE name = 'o'")
database.commit()
END
expect_code 3 mlpipe verify
expect_out "the record of step 'use'"
expect_out "its output 'o' is not recorded"
expect_out "1 object (2 B) is known to no run"
rmdir .mlpipe/objects/zz; rm .mlpipe/objects/README
expect_code 0 mlpipe run p.yaml
expect_executed use
whole
expect_code 0 mlpipe get latest use.o got
expect_file got/o b
