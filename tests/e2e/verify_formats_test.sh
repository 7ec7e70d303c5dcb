#!/usr/bin/env bash
# verify STEP says what differs in files of gzip, zip, numpy and pickle as Python makes them.
. "$(dirname "$0")/history.sh"
/usr/bin/python3 -c 'import numpy' 2>/dev/null || skip "no numpy"

mkdir src
cat >src/make.py <<'END'
"""make.py FOLDER: files whose make-up depends on a variant that mlpipe is not told of."""
import gzip, io, os, pickle, sys, zipfile
import numpy
variant = open(os.environ["VARIANT"]).read().strip()
folder = sys.argv[1]
second = variant == "b"

def gz(name, content, mtime=1_700_000_000, inner="inner", level=9):
    raw = io.BytesIO()
    with gzip.GzipFile(inner, "wb", level, raw, mtime=mtime) as file:
        file.write(content)
    open(os.path.join(folder, name), "wb").write(raw.getvalue())

text = b"".join(b"line %d of it\n" % i for i in range(5000))
gz("time.gz", text, mtime=1_700_000_000 + second)
gz("name.gz", text, inner="other" if second else "inner")
gz("level.gz", text, level=1 if second else 9)
gz("content.gz", text.replace(b"line 4000", b"line 4o00") if second else text)

def archive(name, members, dates=(2020, 1, 2, 3, 4, 6), kind=zipfile.ZIP_DEFLATED, mode=0o644):
    with zipfile.ZipFile(os.path.join(folder, name), "w", kind) as file:
        for member, content in members:
            info = zipfile.ZipInfo(member, dates)
            info.external_attr = mode << 16
            info.compress_type = kind
            file.writestr(info, content)

members = [("a.txt", text), ("d/b.txt", b"b")]
archive("dates.zip", members, (2021, 1, 2, 3, 4, 6) if second else (2020, 1, 2, 3, 4, 6))
archive("order.whl", members[::-1] if second else members)
archive("stored.zip", members, kind=zipfile.ZIP_STORED if second else zipfile.ZIP_DEFLATED)
archive("mode.zip", members, mode=0o755 if second else 0o644)
archive("member.zip", [("a.txt", text), ("d/b.txt", b"c" if second else b"b")])
archive("names.zip", [("a.txt", text), ("d/c.txt" if second else "d/b.txt", b"b")])

array = numpy.arange(12, dtype="<f8").reshape(3, 4)
other = array.copy()
other[1, 2] += 0.5
other[2, 0] -= 0.25
save = lambda name, value: numpy.save(os.path.join(folder, name), value)
save("elements.npy", other if second else array)
save("columns.npy", numpy.asfortranarray(other if second else array))
save("type.npy", array.astype("<f4") if second else array)
save("shape.npy", array.reshape(4, 3) if second else array)
save("order.npy", numpy.asfortranarray(array) if second else array)
save("integers.npy", numpy.array([1, -3 if second else -2, 3], dtype=">i4"))
save("words.npy", numpy.array(["one", "two" if second else "2"], dtype="<U5"))
numpy.savez(os.path.join(folder, "arrays.npz"), x=array, y=other if second else array)

dump = lambda name, value, protocol: open(os.path.join(folder, name), "wb").write(pickle.dumps(value, protocol))
dump("protocol.pkl", [1, 2], 5 if second else 4)
dump("value.pkl", {"rate": 0.25 if second else 0.5, "name": "x", "n": 3}, 4)
dump("text.pkl", {"name": "second" if second else "first!"}, 2)
dump("bytes.pkl", bytes(1000) if second else bytes(500) + b"x" + bytes(499), 4)
dump("structure.pkl", [1, [2, 3]] if second else [1, 2, 3], 4)
dump("order.pkl", ["one", "two"] if second else ["two", "one"], 4)
word = "".join(["sha", "red"])
dump("shared.pkl", [word, "".join(["sha", "red"]) if second else word], 4)

write = lambda name, content: open(os.path.join(folder, name), "wb").write(content)
write("lines.txt", b"one\ntwo\nthree\n" if second else b"one\n2\nthree\n")
write("longer.txt", b"one\ntwo\n" if second else b"one\n")
write("bytes.bin", b"\0\1\2\3" if second else b"\0\1\7\3")
write("cut.gz", b"\x1f\x8b\x08\x00" + (b"x" if second else b"y"))
write("same.gz", gzip.compress(text, mtime=0))
END
echo 'environments: {"*": {type: system, python: /usr/bin/python3}}' >mlpipe.yaml
cat >p.yaml <<'END'
steps:
  make:
    source_directory: src
    script_name: make.py
    arguments: ["${{outputs.files}}"]
    outputs: {files: {type: uri_folder}}
    environment: debian
    environment_variables: {VARIANT: VARIANT_FILE}
END
sed -i "s|VARIANT_FILE|$work/variant|" p.yaml
echo a >variant
expect_code 0 mlpipe run p.yaml
expect_code 0 mlpipe verify p.yaml make
expect_out "files: equal"
expect_equal "$(ask_run latest "steps['make']['varying']")" False "varying"

echo b >variant
expect_code 1 mlpipe verify make --json
cp out document
expect_schema verify
expect_code 1 mlpipe verify make
expect_out "its results vary"
expect_out "    bytes.bin: first at byte 2"
expect_out "      npy: 2 of 12 elements"
expect_out "    and $(($(/usr/bin/python3 -c 'import json; print(len(json.load(open("document"))["repeats"][0]["outputs"][0]["differences"]))') - 20)) more"
# People are shown the first twenty; what is said of all of them:
/usr/bin/python3 - >out <<'END'
import json
for d in json.load(open("document"))["repeats"][0]["outputs"][0]["differences"]:
    print(f"    {d['path']}: {d['text']}")
    for line in d["format"]["text"] if d["format"] else []:
        print(f"      {d['format']['name']}: {line}")
END
says() {  # says FILE "what is said of it": on its own line or one of the lines below
  awk -v name="    $1: " 'index($0, name) == 1 {on = 1; print; next} on && /^      / {print; next} {on = 0}' out >said
  grep -qF -- "$2" said || fail "of $1 is not said '$2': $(cat said)"
}
says time.gz "gzip: the content is the same: only the header differs"
says time.gz "gzip: the header's time (mtime): 2023-11-14T22:13:20Z before, 2023-11-14T22:13:21Z now"
says name.gz "gzip: the header's file name: 'inner' before, 'other' now"
says level.gz "gzip: the content is the same: it is packed in another way"
says level.gz "compression level (XFL)"
says content.gz "gzip: the content differs, first at byte"
says dates.zip "zip: the contents of all 2 members are the same; what differs:"
says dates.zip "zip: the dates of 2 members: 'a.txt' has 2020-01-02 03:04:06 before, 2021-01-02 03:04:06 now"
says order.whl "zip: the order of the members"
says stored.zip "zip: the compression of 2 members, such as 'a.txt'"
says mode.zip "zip: the permissions of 2 members"
says member.zip "zip: 'd/b.txt' differs, first at byte 0 of it (1 B before, 1 B now)"
says names.zip "zip: 'd/b.txt' is missing"
says names.zip "zip: 'd/c.txt' is new"
says elements.npy "npy: 2 of 12 elements of type <f8 differ, first [1, 2]: 6 before, 6.5 now"
says elements.npy "npy: they are at most 0.5 apart"
says columns.npy "npy: 2 of 12 elements of type <f8 differ, first [2, 0]: 8 before, 7.75 now"
says type.npy "npy: the element type: <f8 before, <f4 now"
says shape.npy "npy: the shape: (3, 4) before, (4, 3) now"
says order.npy "npy: the order: by rows before, by columns now"
says integers.npy "npy: 1 of 3 elements of type >i4 differs, first [1]: -2 before, -3 now"
says words.npy "npy: 1 of 2 elements of type <U5 differs, first [1]"
says arrays.npz "zip: 'y.npy' differs, first at byte"
says arrays.npz "2 of 12 elements of type <f8 differ, first [1, 2]: 6 before, 6.5 now"
says protocol.pkl "pickle: the protocol: 4 before, 5 now"
says value.pkl "pickle: the structure is the same, 1 value differs; the first is a BINFLOAT at byte"
says value.pkl "0.5 before, 0.25 now"
says text.pkl "pickle: the structure is the same, 1 value differs; the first is a BINUNICODE"
says text.pkl "'first!' before, 'second' now"
says bytes.pkl "which differ from their byte 500 on"
says structure.pkl "pickle: the structure differs from byte"
says order.pkl "pickle: the same values in another order"
says lines.txt "first at byte 4: 0x32 ('2') before, 0x74 ('t') now (12 bytes before, 14 now)"
says lines.txt "text: line 2: '2' before, 'two' now"
says longer.txt "as before up to its end at byte 4, then more (4 bytes before, 8 now)"
says longer.txt "text: line 2 is new: 'two'"
says bytes.bin "first at byte 2: 0x07 before, 0x02 now (both 4 bytes long)"
says cut.gz "first at byte 4"
! grep -q "same.gz" out || fail "a file that is equal is told"
says shared.pkl "pickle: "
expect_equal "$(ask_run latest "steps['make']['varying']")" True "varying"
/usr/bin/python3 - document <<'END'
import json, sys
d = json.load(open(sys.argv[1]))
assert d["equal"] is False and d["varying"] is True and d["step"] == "make", d
differences = {x["path"]: x for x in d["repeats"][0]["outputs"][0]["differences"]}
assert differences["time.gz"]["format"]["same_content"] is True
assert differences["content.gz"]["format"]["same_content"] is False
assert differences["dates.zip"]["format"]["same_content"] is True
assert differences["member.zip"]["format"]["same_content"] is False
assert (differences["bytes.bin"]["offset"], differences["bytes.bin"]["byte_before"], differences["bytes.bin"]["byte_now"]) == (2, 7, 2)
assert differences["bytes.bin"]["format"] is None and differences["cut.gz"]["format"] is None
END
# What is stored stays, and is still reused.
expect_code 0 mlpipe run p.yaml
expect_executed ""
