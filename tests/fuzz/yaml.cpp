// YAML of any kind: every value and every problem has its place inside the text, and reading the
// beginning of a text gives the same as reading all of it where nothing is wrong.
#include "base/error.h"
#include "base/text.h"
#include "fuzz/fuzz_target.h"
#include "spec/yaml_document.h"

namespace mlpipe::fuzz {

namespace {

void require_inside(const SourceText& source, Mark mark) {
  const auto line = source.line(mark.line);
  require(mark.line >= 1 && mark.column >= 1, "a value has a place");
  require(static_cast<std::size_t>(mark.column) <= line.size() + 2, "a value's place is inside");
}

// Values that aliases share are looked at once for each alias: as readers do.
std::size_t walk(const SourceText& source, const YamlValue& value, std::size_t depth) {
  require(depth <= 100, "nesting has a limit");
  require_inside(source, value.mark);
  require(is_utf8(value.text), "a text is UTF-8", value.text);
  std::size_t count = 1;
  for (const auto& entry : value.entries) {
    require_inside(source, entry.mark);
    require(is_utf8(entry.key), "a key is UTF-8", entry.key);
    count += walk(source, *entry.value, depth + 1);
  }
  for (const auto* item : value.items) count += walk(source, *item, depth + 1);
  return count;
}

bool same(const YamlValue& a, const YamlValue& b) {
  if (a.kind != b.kind || a.text != b.text || a.quoted != b.quoted || a.mark != b.mark ||
      a.entries.size() != b.entries.size() || a.items.size() != b.items.size())
    return false;
  for (std::size_t i = 0; i < a.entries.size(); ++i)
    if (a.entries[i].key != b.entries[i].key || !same(*a.entries[i].value, *b.entries[i].value))
      return false;
  for (std::size_t i = 0; i < a.items.size(); ++i)
    if (!same(*a.items[i], *b.items[i])) return false;
  return true;
}

}  // namespace

}  // namespace mlpipe::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace mlpipe;
  using namespace mlpipe::fuzz;
  const auto text = text_of(data, size);
  if (!is_utf8(text) || text.find('\0') != std::string_view::npos) return 0;  // read_source()
  const SourceText source("f.yaml", std::string(text));
  Problems problems(source);
  const auto document = parse_yaml(source, problems);
  std::string message;
  try {
    problems.throw_if_any();
  } catch (const Error& error) {
    message = error.what();
    require_good_message(message, "f.yaml", text);
  }
  require(document.root() != nullptr || !message.empty(), "no document without a reason");
  if (document.root() != nullptr)
    require(walk(source, *document.root(), 0) < 3'000'000, "a document's size has a limit");
  const auto beginning = parse_yaml_beginning(source);
  if (beginning.root() != nullptr) walk(source, *beginning.root(), 0);
  if (message.empty())
    require(beginning.root() != nullptr && same(*document.root(), *beginning.root()),
            "the beginning of a good text is all of it");
  return 0;
}
