#!/usr/bin/env bash
# Every YAML example in the help topics is accepted by `mlpipe validate`, without a warning.
. "$(dirname "$0")/lib.sh"

# What the examples name.
world() {
  mkdir -p data prep train shared
  touch data/census.csv prep/prep.py train/train.py shared/features.json
}

# Each block "```yaml FILE" becomes NUMBER/FILE. One that is called FILE.yml belongs to the next one.
blocks_of() {
  awk '/^```yaml / { if ($2 ~ /yaml$/) ++number; file = (number + ($2 ~ /yml$/)) "/" $2
                     system("mkdir -p " number + ($2 ~ /yml$/)); next }
       /^```/ { file = ""; next }
       file != "" { print > file }' "$1"
}

count=0
for topic in "$REPOSITORY"/src/cli/help/*.txt; do
  name=$(basename "$topic" .txt)
  mkdir "$work/$name" && cd "$work/$name"
  blocks_of "$topic"
  for file in */*.yaml; do
    [[ -e $file ]] || continue  # the topic has none
    cd "$work/$name/$(dirname "$file")"
    world
    spec=$(basename "$file")
    if [[ $spec == mlpipe.yaml ]]; then  # the workspace file: used by a pipeline beside it
      spec=p.yaml
      cat >p.yaml <<'END'
steps:
  a: {command: "true", compute_target: small, environment: sklearn}
  b: {command: "true", compute_target: elsewhere, environment: other}
END
    fi
    HF_TOKEN=x expect_code 0 mlpipe validate "$spec"
    expect_no_err "warning"
    count=$((count + 1))
    cd "$work/$name"
  done
done
((count >= 5)) || fail "only $count examples were found"
for topic in spec expressions workspace components; do
  compgen -G "$work/$topic/1/*.yaml" >/dev/null || fail "no example in '$topic'"
done

# The one of 'expressions' is also run, as its optional part is about values.
cd "$work/expressions/1"
expect_code 0 mlpipe run pipeline.yaml
expect_file all.txt $'Hello, world!\na literal ${{ is written like this'
expect_code 0 mlpipe run pipeline.yaml -p lines=0
expect_file all.txt 'a literal ${{ is written like this'
