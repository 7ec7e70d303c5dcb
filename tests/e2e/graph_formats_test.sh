#!/usr/bin/env bash
# `graph` draws a pipeline as text, dot, mermaid, SVG and JSON that their own programs accept, also with names and commands that mean something to them.
. "$(dirname "$0")/lib.sh"
for tool in dot rsvg-convert; do command -v "$tool" >/dev/null || skip "no $tool"; done
cat >p.yaml <<'END'
name: odd "names" <&>
steps:
  prep:
    command: echo "<a href='x'>" & true ]]> \ | "${{outputs.x}}" ${{outputs.y}}
    outputs: {x: {type: uri_file}, y: {type: uri_folder}}
  left: {command: "true ü -->", inputs: {a: "${{steps.prep.outputs.x}}", b: "${{steps.prep.outputs.y}}"}}
  right: {command: "true", inputs: {a: "${{steps.prep.outputs.x}}"}}
  end: {command: "true", depends_on: [left, right]}
END
export LC_ALL=C.UTF-8
for format in txt dot mmd svg; do
  expect_code 0 mlpipe graph p.yaml -o "g.$format"
  [[ ! -s out ]] || fail "-o writes to stdout as well"
done
[[ ! -e .mlpipe ]] || fail "graph makes a state directory"

expect_equal "$(sed 's/ *[a-z].*//' g.txt)" $'●\n├─●\n● ┊\n╰┄┤\n  ●' "lanes"
LC_ALL=C mlpipe graph p.yaml --format text | LC_ALL=C grep -q '[^ -~ü]' && fail "lanes that are not ASCII"

# Graphviz reads what was meant: as many nodes and edges, and the names.
dot -Tplain g.dot >plain || fail "dot does not take it"
expect_equal "$(grep -c '^node' plain) $(grep -c '^edge' plain)" "4 4" "nodes and edges of dot"
expect_equal "$(grep '^node' plain | grep -c -e prep -e left -e right -e end)" 4 "names"
expect_equal "$(grep -c 'edge.*dashed' plain)" 2 "dashed edges"

# SVG is XML, is drawn, and has each step and edge once.
rsvg-convert g.svg -o g.png
[[ $(head -c 4 g.png | tail -c 3) == PNG ]] || fail "no picture"
/usr/bin/python3 - <<'END'
import xml.etree.ElementTree as tree
svg = "{http://www.w3.org/2000/svg}"
root = tree.parse("g.svg").getroot()
names = [each.text for each in root.iter(svg + "text") if each.get("class") == "mlpipe-graph-name"]
assert names == ["prep", "left", "right", "end"], names
edges = [each.find(svg + "title").text for each in root.iter(svg + "g")
         if (each.get("class") or "").startswith("mlpipe-graph-edge")]
assert sorted(edges) == ["left → end: depends_on", "prep → left: x → a, y → b",
                         "prep → right: x → a", "right → end: depends_on"], edges
assert root.find(svg + "title").text == 'Steps of odd "names" <&>', root.find(svg + "title").text
assert "prep" in root.find(svg + "desc").text
END

# Mermaid: every line is one of the forms that it documents, texts in quotes without what would end them.
/usr/bin/python3 - <<'END'
import re
text = r'"(?:[\w ü→…._,/:+=()-]|#\d+;|<br/>)+"'
lines = open("g.mmd", encoding="utf-8").read().splitlines()
assert lines[0] == "flowchart TD"
nodes = [line for line in lines if re.fullmatch(rf"  s\d+\[{text}\]", line)]
edges = [line for line in lines if re.fullmatch(rf"  s\d+ (-->\|{text}\||-\.->) s\d+", line)]
assert (len(nodes), len(edges), len(lines)) == (4, 4, 9), lines
END
