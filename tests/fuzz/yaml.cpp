// YAML of any kind: every value and every problem has its place inside the text, and reading the
// beginning of a text gives the same as reading all of it where nothing is wrong.
#include <algorithm>
#include <map>
#include <set>
#include <utility>

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

/// How much a value is with all that is in it, aliased values counted each time.
struct Extent {
  std::size_t size = 1;
  std::size_t height = 1;

  void add(const Extent& inner) {
    size += inner.size;
    height = std::max(height, inner.height + 1);
  }
};

/// Looks at each value once: through aliases, there may be a million ways to one.
class Walk {
 public:
  explicit Walk(const SourceText& source) : source_(source) {}

  const Extent& at(const YamlValue& value) {
    if (const auto seen = seen_.find(&value); seen != seen_.end()) return seen->second;
    require_inside(source_, value.mark);
    require(is_utf8(value.text), "a text is UTF-8", value.text);
    Extent extent;
    for (const auto& entry : value.entries) {
      require_inside(source_, entry.mark);
      require(is_utf8(entry.key), "a key is UTF-8", entry.key);
      extent.add(at(*entry.value));
    }
    for (const auto* item : value.items) extent.add(at(*item));
    require(extent.height <= 101, "nesting has a limit");
    return seen_[&value] = extent;
  }

 private:
  const SourceText& source_;
  std::map<const YamlValue*, Extent> seen_;
};

/// Whether two documents are equal, each pair of values looked at once.
class Comparison {
 public:
  bool same(const YamlValue& a, const YamlValue& b) {
    if (!seen_.emplace(&a, &b).second) return true;  // said where it was seen first
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

 private:
  std::set<std::pair<const YamlValue*, const YamlValue*>> seen_;
};

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
    require(Walk(source).at(*document.root()).size < 3'000'000, "a document's size has a limit");
  const auto beginning = parse_yaml_beginning(source);
  if (beginning.root() != nullptr) Walk(source).at(*beginning.root());
  if (message.empty())
    require(beginning.root() != nullptr && Comparison().same(*document.root(), *beginning.root()),
            "the beginning of a good text is all of it");
  return 0;
}
