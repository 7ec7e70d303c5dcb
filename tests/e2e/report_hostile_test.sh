#!/usr/bin/env bash
# Whatever names, logs, tags and files hold, a report shows it as text: markup, quotes, bytes that are no UTF-8, images that are none.
. "$(dirname "$0")/lib.sh"
cat >p.yaml <<'END'
name: '"><script>alert(1)</script>'
parameters: {p: "</style><script>alert(2)</script>"}
steps:
  makes:
    command: |
      printf '<img src=x onerror=alert(3)>\377\033[31mred\033[0m\n'
      printf '<svg xmlns="http://www.w3.org/2000/svg" onload="alert(4)"><script>alert(5)</script></svg>' > "${{outputs.o}}/a.svg"
      printf '<!DOCTYPE html><script>alert(6)</script>' > "${{outputs.o}}/page.html"
      printf 'not an image' > "${{outputs.o}}/fake.png"
      printf '\211PNG\r\n\032\n' > "${{outputs.o}}/big.png" && head -c 2100000 /dev/zero >> "${{outputs.o}}/big.png"
      printf 'x' > "${{outputs.o}}/$(printf '<b>\377".txt')"
      printf '{"name": "</td><script>alert(7)</script>", "value": %s, "step": %s}\n' 1 1 NaN 2 0.5 3 >> $MLPIPE_METRICS
      printf '{"name": "words", "value": "<script>alert(8)</script>"}\n' >> $MLPIPE_METRICS
    outputs: {o: {type: uri_folder}}
  fails: {command: "printf 'last <script>alert(9)</script> \\376\\n' >&2; exit 3", inputs: {i: "${{steps.makes.outputs.o}}"}}
END
expect_code 1 mlpipe run p.yaml --tag '<script>alert(10)</script>="quoted"' --experiment '<i>'
expect_code 0 mlpipe report -o run.html
/usr/bin/python3 - <<'END' || fail "see above"
import html.parser
page = open("run.html", encoding="utf-8").read()  # UTF-8 throughout
class Look(html.parser.HTMLParser):
    tags, texts, images = set(), [], []
    def handle_starttag(self, tag, attributes):
        self.tags.add(tag)
        assert not any(name.startswith("on") for name, _ in attributes), (tag, attributes)
        if tag == "img":
            self.images.append(dict(attributes)["src"])
    def handle_data(self, data):
        self.texts.append(data)
look = Look()
look.feed(page)
assert not look.tags & {"script", "b-", "i", "iframe"}, look.tags
text = "".join(look.texts)
for number in (1, 2, 6, 7, 8, 9, 10):
    assert f"<script>alert({number})</script>" in text, number
assert '<img src=x onerror=alert(3)>\\xffred\n' in text
assert "\\xfe" in text
assert len(look.images) == 1 and look.images[0].startswith("data:image/svg+xml;base64,"), look.images
assert "big.png (2.1 MB): larger than 2.0 MB" in text
assert "fake.png (12 B): no image" in text
END
