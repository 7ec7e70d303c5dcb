#!/usr/bin/env bash
# `report` writes one page with everything of a real run, which loads nothing from anywhere; a second one writes over it.
. "$(dirname "$0")/lib.sh"
/usr/bin/python3 -c 'import sklearn, matplotlib' 2>/dev/null || skip "needs python3-sklearn, python3-matplotlib"
cp -r "$REPOSITORY/specs/breast-cancer" . && cd breast-cancer
git init -q . && git add . && git -c user.name=n -c user.email=e commit -qm first
echo "# changed here" >>prepare/prepare.py
expect_code 0 mlpipe run pipeline.yaml --tag quality=good
run=$(ask_run latest "run['run_id']")

expect_code 0 mlpipe report
expect_out "report of run $run: breast-cancer-$run.html ("
page=breast-cancer-$run.html
for text in '<html lang="en">' "Content-Security-Policy" "default-src &#39;none&#39;" 'class="status Completed"' \
  "data:image/png;base64," 'alt="Image report · report · roc.png"' "# Malignant or benign?" "n_estimators" "best_accuracy" \
  "cpython 3." "numpy==" "$(git rev-parse HEAD)" "+# changed here" "quality" "pipeline.yaml --tag quality=good" "mlpipe-graph" \
  '<svg class="bar"' "trained on" 'href="#image-0"' 'id="image-0"' 'class="close" href="#images"' "Copied to" \
  "$PWD/out/"; do
  grep -qF -- "$text" "$page" || fail "not in the page: $text"
done
/usr/bin/python3 - "$page" <<'END' || fail "the page is not whole, or not by itself"
import html.parser, re, sys
page = open(sys.argv[1], encoding="utf-8").read()
class Loads(html.parser.HTMLParser):
    open_tags, found = [], []
    def handle_starttag(self, tag, attributes):
        if tag not in ("meta", "img", "br", "rect", "line", "path", "circle"):
            self.open_tags.append(tag)
        assert tag not in ("script", "iframe", "object", "embed", "link", "base", "form"), tag
        for name, value in attributes:
            assert not name.startswith("on"), (tag, name)
            if name in ("src", "href", "srcset", "action", "data", "xlink:href", "style", "background"):
                self.found.append(value)
    def handle_startendtag(self, tag, attributes):
        pass
    def handle_endtag(self, tag):
        assert self.open_tags.pop() == tag, (tag, self.getpos())
loads = Loads()
loads.feed(page)
assert not loads.open_tags, loads.open_tags
others = [value for value in loads.found if not value.startswith(("#", "data:image/"))]
assert not others, others
for style in re.findall("<style>(.*?)</style>", page, re.S):
    assert "url(" not in style and "@import" not in style
END

# Reused: the page says what that saved; elsewhere, to a pipe, as JSON.
expect_code 0 mlpipe run pipeline.yaml
expect_code 0 mlpipe report latest -o "$work/again.html"
grep -qF "by reusing 6 steps" "$work/again.html" || fail "nothing about what was saved"
grep -qF "data:image/png;base64," "$work/again.html" || fail "a reused run's images are missing"
grep -qF "numpy==" "$work/again.html" || fail "a reused run's packages are missing"
! grep -qF '<svg class="bar"' "$work/again.html" || fail "a timeline of nothing"
expect_code 0 mlpipe report latest -o "$work/again.html"
expect_code 0 mlpipe report latest -o -
grep -qF "</html>" "$work/out" || fail "no page on stdout"
mlpipe report latest -o /dev/stdout | tail -n 1 | grep -q '</html>$' || fail "something after the page in /dev/stdout"
ln -s "$work/again.html" "$work/link.html"
expect_code 0 mlpipe report latest -o "$work/link.html"
[[ -L $work/link.html ]] || fail "a link was replaced"
expect_code 0 mlpipe report latest -o "$work/new.html" --json
/usr/bin/python3 -c '
import json, jsonschema, os, sys
document = json.load(open(sys.argv[1]))
jsonschema.validate(document, json.load(open(sys.argv[2])))
assert os.path.getsize(document["file"]) == document["bytes"], document' \
  "$work/out" "$REPOSITORY/schemas/report.schema.json" || fail "report --json: $(cat "$work/out")"
expect_code 2 mlpipe report latest -o - --json
expect_code 2 mlpipe report latest -o "$work"
expect_err "it is a folder"
expect_code 2 mlpipe report latest -o "$work/no/such/run.html"
expect_err "there is no folder"
expect_code 2 mlpipe report nosuchrun
