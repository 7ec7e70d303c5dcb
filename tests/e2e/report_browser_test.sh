#!/usr/bin/env bash
# In a browser without network a report is whole: no complaint, drawings and images seen, nothing too wide, dark and printed too.
. "$(dirname "$0")/lib.sh"
command -v chromium >/dev/null || skip "needs chromium"
command -v pdftotext >/dev/null || skip "needs pdftotext (poppler-utils)"
look() { /usr/bin/python3 "$REPOSITORY/tests/browser/check_report.py" "$@" || fail "the page of $1"; }

if /usr/bin/python3 -c 'import sklearn, matplotlib' 2>/dev/null; then
  cp -r "$REPOSITORY/specs/breast-cancer" .
  expect_code 0 mlpipe run breast-cancer/pipeline.yaml
  expect_code 0 mlpipe report -C breast-cancer -o breast-cancer.html
  look breast-cancer.html 6 breast-cancer
fi

# A failed run with metrics step by step, tries, an image that is markup, and names and bytes meant to break the page.
mkdir hostile && cat >hostile/p.yaml <<END
name: '"></style><script>alert(1)</script>'
parameters: {p: "</pre><img src=http://example.invalid/x.png>", long: $(printf 'x%.0s' {1..400})}
END
cat >>hostile/p.yaml <<'END'
steps:
  makes:
    command: |
      printf '<svg xmlns="http://www.w3.org/2000/svg" width="90" height="60" onload="alert(2)"><script>alert(3)</script><rect width="90" height="60"/><image href="http://example.invalid/y.png"/></svg>' > "${{outputs.o}}/a.svg"
      for i in $(seq 60); do echo "{\"name\": \"</svg><script>alert(4)</script>\", \"value\": $([ $i = 30 ] && echo NaN || echo "0.$i"), \"step\": $i}"; done >> $MLPIPE_METRICS
      printf '<a href="javascript:alert(5)">log</a> \377 \342\200\256 %0400d\n' 1
    outputs: {o: {type: uri_folder}}
  a_step_with_a_very_long_name_that_has_no_place_where_it_could_be_broken_into_lines: {command: "test $MLPIPE_ATTEMPT = 2", retry: {max_retries: 1}, depends_on: [makes]}
  fails: {command: "for i in $(seq 250); do echo \"<b>line</b> $i\" >&2; done; exit 3", depends_on: [a_step_with_a_very_long_name_that_has_no_place_where_it_could_be_broken_into_lines]}
  skipped: {command: "true", depends_on: [fails]}
END
expect_code 1 mlpipe run hostile/p.yaml --tag '<b>=</dd><script>alert(6)</script>'
expect_code 0 mlpipe report -C hostile -o failed.html
look failed.html 4 failed

mkdir many && {
  echo "name: forty"; echo "steps:"
  for i in $(seq 40); do
    echo "  step_$i: {command: \"sleep 0.0$((i % 7))\", depends_on: [$([[ $i -gt 4 ]] && echo "step_$((i - 4)), step_$((i / 2))")]}"
  done
} >many/p.yaml
expect_code 0 mlpipe run many/p.yaml
expect_code 0 mlpipe report -C many -o forty.html
look forty.html 40 forty
expect_code 0 mlpipe run many/p.yaml
expect_code 0 mlpipe report -C many -o reused.html
look reused.html 40 reused
