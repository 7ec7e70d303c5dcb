#include "spec/yaml_document.h"
#include "spec/read_source.h"

#include "base/error.h"
#include "base/file.h"
#include "base/text.h"
#include "spec/read_source.h"
#include "support/catch.h"

namespace mlpipe {

namespace {

/// A parsed text with its problems.
struct Parsed {
  explicit Parsed(std::string text)
      : source("f.yaml", std::move(text)),
        problems(source),
        document(parse_yaml(source, problems)) {}

  [[nodiscard]] std::string error() const {
    try {
      problems.throw_if_any();
    } catch (const Error& error) {
      return error.what();
    }
    return {};
  }
  [[nodiscard]] const YamlValue& operator[](std::string_view key) const {
    const auto* found = document.root() == nullptr ? nullptr : document.root()->find(key);
    if (found == nullptr) throw std::runtime_error("no key " + std::string(key) + ": " + error());
    return *found;
  }

  SourceText source;
  Problems problems;
  YamlDocument document;
};

std::string read_error(const std::filesystem::path& file, ErrorKind kind) {
  try {
    static_cast<void>(read_source(file, "pipeline file"));
  } catch (const Error& error) {
    CHECK(error.kind() == kind);
    return error.what();
  }
  return {};
}

}  // namespace

TEST_CASE("scalars stay exactly as they were written") {
  for (const auto* text :
       {"1e-3", "010", "0.10", "12:30", "yes", "0x1F", "+5", "2026-01-02", "1_000"}) {
    const Parsed parsed(std::string("a: ") + text + "\nb: \"" + text + "\"\n");
    CHECK(parsed["a"].text == text);
    CHECK_FALSE(parsed["a"].quoted);
    CHECK(parsed["b"].text == text);
    CHECK(parsed["b"].quoted);
  }
}

TEST_CASE("block scalars, !!str and quotes are text; empty values and ~ are nothing") {
  const Parsed parsed("a: |\n  x\n  y\nb: >-\n  x\n  y\nc: !!str 5\nd: '5'\ne:\nf: ~\ng: \"\"\n");
  CHECK(parsed["a"].text == "x\ny\n");
  CHECK(parsed["b"].text == "x y");
  for (const auto* key : {"a", "b", "c", "d", "g"}) CHECK(parsed[key].quoted);
  CHECK(parsed["e"].is_null());
  CHECK(parsed["f"].is_null());
  CHECK(parsed["g"].is_scalar());
  CHECK(parsed["e"].mark == Mark{9, 1});
}

TEST_CASE("every escape is UTF-8") {
  CHECK(Parsed(R"(a: "ä\N\_\L\x41é😀")")["a"].text ==
        "ä\xC2\x85\xC2\xA0\xE2\x80\xA8"
        "Aé😀");
  CHECK(is_utf8(Parsed(R"(": \N4": x)").document.root()->entries.at(0).key));
  CHECK(Parsed(R"(a: !theirs "\N")")["a"].text == "\xC2\x85");
}

TEST_CASE("values know their line and column") {
  const Parsed parsed("\xEF\xBB\xBFöß: {b: [1,\r\n    two]}\r\nc:   x\r\n");
  const auto& list = *parsed["öß"].find("b");
  CHECK(list.items.at(0)->mark == Mark{1, 12});
  CHECK(parsed.source.location(list.items.at(0)->mark).column == 10);
  CHECK(parsed.source.mark(parsed.source.location(list.items.at(0)->mark)) == Mark{1, 12});
  CHECK(list.items.at(1)->mark == Mark{2, 5});
  CHECK(parsed["c"].mark == Mark{3, 6});
  CHECK(parsed.source.line(2) == "    two]}");
}

TEST_CASE("aliases and merge keys are resolved, and a key of one's own wins") {
  const Parsed parsed(
      "base: &base {x: 1, y: 2}\nmore: &more {y: 3, z: 4}\nlist: [*base]\n"
      "one:\n  <<: *base\n  x: 9\nmany:\n  w: 0\n  <<: [*base, *more]\nplain: {\"<<\": 5}\n");
  CHECK(parsed["one"].find("x")->text == "9");
  CHECK(parsed["one"].find("y")->text == "2");
  CHECK(parsed["one"].find("<<") == nullptr);
  CHECK(parsed["many"].find("y")->text == "2");
  CHECK(parsed["many"].find("z")->text == "4");
  CHECK(parsed["list"].items.at(0)->find("x")->text == "1");
  CHECK(parsed["plain"].find("<<")->text == "5");
}

TEST_CASE("every duplicate key is an error with both lines") {
  const Parsed parsed("a: 1\nb: {c: 1, c: 2}\na: 3\n");
  CHECK(parsed.error() ==
        "f.yaml:2:11: error: the key 'c' appears twice\n"
        "    2 | b: {c: 1, c: 2}\n"
        "      |           ^\n"
        "      = the first one is in line 2\n"
        "f.yaml:3:1: error: the key 'a' appears twice\n"
        "    3 | a: 3\n"
        "      | ^\n"
        "      = the first one is in line 1");
  std::string many;
  for (int i = 0; i < 20; ++i) many += "k" + std::to_string(i) + ": 1\n";
  CHECK(Parsed(many).error().empty());
  CHECK(Parsed(many + "k7: 2\n").error().find("f.yaml:21:1: error: the key 'k7' appears twice") ==
        0);
}

TEST_CASE("an unquoted expression in flow style is recognised wherever it stands") {
  const auto quote_it = [](const std::string& text) {
    return Parsed(text).error().find("error: inside {…} and […] an expression must be quoted") !=
           std::string::npos;
  };
  CHECK(quote_it("a: {b: ${{inputs.x}}}\n"));
  CHECK(quote_it("a: [--in, ${{ inputs.x }}, c]\n"));
  CHECK(quote_it("a: [x,\n  --in, ${{inputs.x}}]\n"));
  CHECK(quote_it("a: {b: x-${{inputs.x}}, c: 1}\n"));
  CHECK(quote_it("a: [\"${{inputs.x}}\", ${{inputs.y}}]\n"));
  CHECK(quote_it("a: [$[[--x]]]\n"));
  CHECK_FALSE(quote_it("a: [1, 2\n"));
  CHECK(Parsed("a: {b: \"${{inputs.x}}\"}\nc: ${{inputs.y}}\n").error().empty());
  CHECK(Parsed("a:\n  b: [--in, ${{inputs.x}}]\n").error() ==
        "f.yaml:2:13: error: inside {…} and […] an expression must be quoted\n"
        "    2 |   b: [--in, ${{inputs.x}}]\n"
        "      |             ^\n"
        "      = quote it: \"${{…}}\"");
}

TEST_CASE("bad syntax names its place") {
  CHECK(Parsed("a: [1, 2\n").error() ==
        "f.yaml:1:4: error: this '[' is not closed\n"
        "    1 | a: [1, 2\n"
        "      |    ^\n"
        "      = write ']' where it ends; YAML goes wrong in line 1");
  CHECK(Parsed("# a { in words\n"
               "s:\n"
               "  command: echo {x \"[\n"
               "  outputs: {split: {type: \"a}b\"}\n"
               "  next: 1\n"
               "  more: {a: 2}\n")
            .error()
            .find("f.yaml:4:12: error: this '{' is not closed\n") == 0);
  CHECK(Parsed("a: b: c\n").error().find("f.yaml:1:5: error: this is not valid YAML") == 0);
  // yaml-cpp names the first byte of a character of several.
  CHECK(is_utf8(Parsed("a: \"\\\xc2\x85\"\n").error()));
  CHECK(Parsed("a: *nowhere\n").error().find("f.yaml:1:4: error: ") == 0);
}

TEST_CASE("there must be exactly one document") {
  for (const auto* text : {"", "# nothing\n", "---\n", "~\n", "\n\n"})
    CHECK(Parsed(text).error().find("f.yaml:1:1: error: the file is empty") == 0);
  CHECK(Parsed("a: 1\n---\nb: 2\n").error() ==
        "f.yaml:2:1: error: a second YAML document begins here\n"
        "    2 | ---\n"
        "      | ^\n"
        "      = expected one in a file");
  CHECK(Parsed("---\na: 1\n...\n").error().empty());
}

TEST_CASE("deep nesting and exploding aliases are refused") {
  CHECK(Parsed("a: " + std::string(99, '[') + std::string(99, ']')).error().empty());
  const std::string deep(100'000, '[');
  CHECK(Parsed("a: " + deep).error().find("f.yaml:1:5: error: ") == 0);
  CHECK(
      Parsed("a: " + deep + std::string(100'000, ']')).error().find("nested more than 100 deep") !=
      std::string::npos);
  std::string laughs = "l0: &l0 [lol, lol, lol, lol, lol, lol, lol, lol, lol, lol]\n";
  for (int i = 1; i < 9; ++i) {
    const auto name = [](int n) { return "l" + std::to_string(n); };
    laughs += name(i) + ": &" + name(i) + " [";
    for (int j = 0; j < 10; ++j) laughs += (j == 0 ? "*" : ", *") + name(i - 1);
    laughs += "]\n";
  }
  CHECK(Parsed(laughs).error().find("expand to more than a million values") != std::string::npos);
  CHECK(Parsed("a: &a [*a]\n").error().find("f.yaml:1:8: error: this alias is inside") == 0);
}

TEST_CASE("keys must be names, and << needs maps") {
  CHECK(Parsed("? [a, b]\n: 1\n").error().find("a list or map cannot be a key") !=
        std::string::npos);
  CHECK(Parsed("a:\n  <<: 5\n").error().find("'<<' needs a map, not text") != std::string::npos);
  CHECK(Parsed("a:\n  <<: [5]\n").error().find("'<<' names something that is not a map") !=
        std::string::npos);
}

TEST_CASE("what is no readable text file says what it is") {
  const TemporaryFolder folder;
  const auto file = folder.path() / "p.yaml";
  const auto name = "'" + file.string() + "'";
  CHECK(read_error(file, ErrorKind::not_found) ==
        "cannot read the pipeline file " + name + ": there is no such file");
  std::filesystem::create_symlink("nowhere", file);
  CHECK(read_error(file, ErrorKind::not_found) ==
        "cannot read the pipeline file " + name + ": it is a link that leads nowhere");
  std::filesystem::remove(file);
  write_file_atomically(file, std::string("a: 1\n\0b", 7));
  CHECK(read_error(file, ErrorKind::invalid_file) ==
        "cannot read the pipeline file " + name +
            ": it is a binary file (byte 6 is zero), not YAML");
  write_file_atomically(file, "a: 1\nö: \xe4\n");
  CHECK(read_error(file, ErrorKind::invalid_file) ==
        file.string() + ":2:4: error: this is not UTF-8 text (byte 0xe4)\n" + "    2 | ö: \\xe4\n" +
            "      |    ^\n" + "      = save the file as UTF-8");
  write_file_atomically(file, "a: \xe2\x82");
  CHECK(read_error(file, ErrorKind::invalid_file).find(":1:4: error") != std::string::npos);
  std::filesystem::resize_file(file, (std::uintmax_t{64} << 20U) + 1);
  CHECK(read_error(file, ErrorKind::invalid_file) ==
        "cannot read the pipeline file " + name +
            ": it has 67.1 MB, and more than 67.1 MB are not accepted");
  CHECK(read_error(folder.path(), ErrorKind::invalid_file) ==
        "cannot read the pipeline file '" + folder.path().string() +
            "': it is a folder, not a YAML file");
  write_file_atomically(folder.path() / "pipeline.yaml", "a: 1\n");
  CHECK(read_error(folder.path(), ErrorKind::invalid_file).find("did you mean '") !=
        std::string::npos);
  CHECK(read_error("/dev/null", ErrorKind::invalid_file)
            .find("it is a FIFO, socket or device, not a file") != std::string::npos);
}

TEST_CASE("a long line is shown around the caret") {
  const Parsed parsed("a: [" + std::string(500, 'x') + ", ${{y}}, " + std::string(500, 'z') +
                      "]\n");
  const auto error = parsed.error();
  CHECK(error.find("f.yaml:1:507: error") == 0);
  CHECK(error.find("| …x") != std::string::npos);
  CHECK(error.find("z…\n") != std::string::npos);
  CHECK(error.size() < 700);
  const auto lines = error.substr(error.find('\n') + 1);
  const auto dollar = character_count(lines.substr(0, lines.find('$')));
  const auto second = lines.substr(lines.find('\n') + 1);
  CHECK(second.find('^') == dollar);
}

TEST_CASE("columns are counted in characters, also far into a line and after other lines") {
  const std::string letters = [] {
    std::string text;
    for (int i = 0; i < 3000; ++i) text += "ä";
    return text;
  }();
  const SourceText source("f", "x: ü\n" + letters + "\r\n" + letters);
  CHECK(source.location(Mark{2, 1}).column == 1);
  CHECK(source.location(Mark{2, 5001}).column == 2501);
  CHECK(source.location(Mark{2, 6001}).column == 3001);
  CHECK(source.location(Mark{2, 9999}).column == 3001);
  CHECK(source.location(Mark{3, 6001}).column == 3001);
  CHECK(source.location(Mark{1, 6}).column == 5);
  CHECK(source.location(Mark{9, 5}).column == 1);
}

TEST_CASE("a file with very many problems tells the first ones and counts the others") {
  std::string text;
  for (int i = 0; i < 300; ++i) text += fmt::format("k{}: 1\nk{}: 2\n", i, i);
  const auto error = Parsed(text).error();
  CHECK_THAT(error, Catch::Contains("'k199'") && Catch::Contains("and 100 more problems"));
  CHECK_THAT(error, !Catch::Contains("'k200'"));
}

TEST_CASE("merging very often into a large map takes no quadratic time") {
  std::string text = "one: &one {x: 1}\nbig:\n";
  for (int i = 0; i < 30'000; ++i) text += fmt::format("  k{}: 1\n", i);
  text += "  <<: [";
  for (int i = 0; i < 30'000; ++i) text += "*one, ";
  const Parsed parsed(text + "*one]\n");
  CHECK(parsed["big"].entries.size() == 30'001);
}

TEST_CASE("files that would take very much memory are refused at once") {
  CHECK_THAT(Parsed(std::string(1'000'000, '[')).error(), Catch::Contains("f.yaml:1:100001:"));
  CHECK_THAT(Parsed("a: [" + std::string(3'000'001, ',') + "]").error(),
             Catch::Contains("more than 3 million values"));
}

TEST_CASE("a zero byte is refused wherever an escape makes one") {
  CHECK_THAT(Parsed("a: 1\nb: [\"x\\0y\"]\n").error(),
             Catch::Contains("f.yaml:2:5: error: this text holds a zero byte"));
  CHECK_THAT(Parsed("\"\\x00\": 1\n").error(), Catch::Contains("f.yaml:1:1:"));
}

TEST_CASE("values are nested no deeper by aliases") {
  const std::string open(60, '[');
  const std::string close(60, ']');
  const std::string twice = "a: &a " + open + close + "\nb: ";
  CHECK_THAT(Parsed(twice + open + "*a" + close).error(),
             Catch::Contains("f.yaml:2:64: error: the values are nested more than 100 deep"));
  CHECK(Parsed(twice + "[[[*a, *a]]]").error().empty());
}

}  // namespace mlpipe
