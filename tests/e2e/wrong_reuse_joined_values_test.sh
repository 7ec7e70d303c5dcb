#!/usr/bin/env bash
# Would break a key fed without lengths: the same letters, divided in another way.
. "$(dirname "$0")/lib.sh"

mkdir src
cat >src/say.sh <<'END'
printf '%s\n' "$@" "$A" "$B"
END
say() {  # say "[arguments]" A B
  cat >p.yaml <<END
steps:
  say: {source_directory: src, script_name: say.sh, arguments: $1, environment_variables: {A: "$2", B: "$3"}}
END
  expect_code 0 mlpipe run p.yaml
  expect_executed say
  expect_equal "$(mlpipe logs latest say --stdout | paste -sd,)" "$4"
}
say '[ab, c]' x y ab,c,x,y
say '[a, bc]' x y a,bc,x,y
say '[abc]' x y abc,x,y
say '[abc, ""]' x y abc,,x,y
say '["", abc]' x y ,abc,x,y
say '[abc]' xy "" abc,xy,
say '[abc]' "" xy abc,,xy
say '[abc, xy]' "" "" abc,xy,,
cat >q.yaml <<'END'
inputs: {d: {type: uri_file, path: q.yaml}}
steps:
  say: {command: "echo ${{inputs.a}}/${{inputs.b}}", inputs: {a: "1", b: "12"}}
END
expect_code 0 mlpipe run q.yaml
sed -i 's/a: "1", b: "12"/a: "11", b: "2"/' q.yaml
expect_code 0 mlpipe run q.yaml
expect_executed say
expect_equal "$(mlpipe logs latest say --stdout)" 11/2
