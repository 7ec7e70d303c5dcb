#include "spec/yaml_document.h"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <istream>
#include <optional>
#include <streambuf>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "base/text.h"
#include "spec/yaml_syntax_error.h"

namespace mlpipe {

namespace {

constexpr std::size_t deepest_nesting = 100;
constexpr std::size_t most_aliased_values = 1'000'000;
constexpr std::size_t most_values = 3'000'000;  // about half a gigabyte
/// yaml-cpp keeps some 300 bytes for each bracket until it knows what the outermost one is.
constexpr std::ptrdiff_t most_open_brackets = 100'000;

Mark to_mark(const YAML::Mark& mark) { return {.line = mark.line + 1, .column = mark.column + 1}; }

/// yaml-cpp 0.7 gives the escapes \N and \_ as one byte each, 0x85 and 0xA0, where UTF-8 has two.
/// All else in `text` is UTF-8, since the source is.
std::string with_whole_characters(std::string_view text) {
  std::string whole;
  while (!text.empty()) {
    const auto lead = static_cast<unsigned char>(text[0]);
    const bool is_stray = lead >= 0x80U && lead < 0xC0U;
    const std::size_t length = lead < 0xC0U ? 1 : lead < 0xE0U ? 2 : lead < 0xF0U ? 3 : 4;
    if (is_stray) whole += '\xC2';
    whole += text.substr(0, length);
    text.remove_prefix(std::min(length, text.size()));
  }
  return whole;
}

/// Ends the parsing from inside an event.
struct StopParsing {
  Mark mark;
  std::string message;
  std::string expected;
};

[[noreturn]] void refuse_depth(Mark mark) {
  throw StopParsing{mark, "the values are nested more than 100 deep",
                    "use fewer lists and maps inside each other"};
}

/// Reads bytes in memory as they are, without a copy.
class MemoryBuffer : public std::streambuf {
 public:
  explicit MemoryBuffer(std::string_view bytes) {
    char* start = const_cast<char*>(bytes.data());  // only ever read
    setg(start, start, start + bytes.size());
  }
};

/// Builds the tree from the parser's events.
class TreeBuilder : public YAML::EventHandler {
 public:
  TreeBuilder(const SourceText& source, YamlDocument& document, Problems& problems)
      : source_(source), document_(document), problems_(problems) {}

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (document_.root() != nullptr)
      throw StopParsing{to_mark(mark), "a second YAML document begins here",
                        "expected one in a file"};
  }
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    place(make(YamlValue::Kind::null, to_mark(mark)), {}, anchor);
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override;
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& given) override;
  void OnSequenceStart(const YAML::Mark& mark, const std::string& /*tag*/, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value style) override {
    open(YamlValue::Kind::sequence, to_mark(mark), anchor, style);
  }
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& /*tag*/, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value style) override {
    open(YamlValue::Kind::map, to_mark(mark), anchor, style);
  }
  void OnMapEnd() override;

  /// End all that has begun, as if the text ended well here.
  void close_all();

  /// Where an unquoted `${{` cut a flow value short, if the last scalar is one.
  [[nodiscard]] std::optional<Mark> unquoted_expression() const { return unquoted_; }

 private:
  /// How much a value is with all that is in it, aliased values counted each time.
  struct Extent {
    std::size_t size = 1;   ///< Values.
    std::size_t depth = 0;  ///< Lists and maps inside each other.

    void hold(const Extent& inner) {
      size += inner.size;
      depth = std::max(depth, inner.depth + 1);
    }
  };
  /// A sequence or map that has not ended yet.
  struct Open {
    YamlValue* value = nullptr;
    Extent extent;  ///< Of what has ended in it.
    YAML::anchor_t anchor = 0;
    bool flow = false;
    bool has_key = false;
    bool plain_key = false;
    std::string key;
    Mark key_mark;
    /// What `<<` names, and where.
    std::vector<std::pair<const YamlValue*, Mark>> merges;
  };
  struct Anchored {
    const YamlValue* value = nullptr;  ///< Null while it is open.
    Extent extent;
  };

  [[nodiscard]] YamlValue& make(YamlValue::Kind kind, Mark mark) {
    if (++made_ > most_values)
      throw StopParsing{mark, "the file has more than 3 million values",
                        "cut it into several files, or keep data in a file of its own"};
    auto& value = document_.add();
    value.kind = kind;
    value.mark = mark;
    return value;
  }
  void open(YamlValue::Kind kind, Mark mark, YAML::anchor_t anchor,
            YAML::EmitterStyle::value style);
  void close();
  /// Put a finished value into what is open.
  void place(YamlValue& value, const Extent& extent, YAML::anchor_t anchor);
  static void place_entry(Open& parent, const YamlValue& value);
  void check_duplicates(YamlValue& map);
  static void merge_into(Open& open);
  using Names = std::unordered_set<std::string>;
  static void merge_map(YamlValue& map, Names& names, const YamlValue& other);

  const SourceText& source_;
  YamlDocument& document_;
  Problems& problems_;
  std::vector<Open> open_;
  std::unordered_map<YAML::anchor_t, Anchored> anchors_;
  std::size_t made_ = 0;
  std::size_t aliased_ = 0;
  std::optional<Mark> unquoted_;
};

void TreeBuilder::OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) {
  const auto& anchored = anchors_[anchor];
  if (anchored.value == nullptr)
    throw StopParsing{to_mark(mark), "this alias is inside the value that it stands for",
                      "write out what is meant"};
  aliased_ += anchored.extent.size;
  if (aliased_ > most_aliased_values)
    throw StopParsing{to_mark(mark),
                      "the aliases of this file expand to more than a million values",
                      "write out what is meant"};
  if (open_.empty()) return;
  if (open_.size() + anchored.extent.depth > deepest_nesting) refuse_depth(to_mark(mark));
  open_.back().extent.hold(anchored.extent);
  if (open_.back().value->is_map() && !open_.back().has_key)
    throw StopParsing{to_mark(mark), "an alias cannot be a key", "expected a name"};
  if (open_.back().value->is_map())
    place_entry(open_.back(), *anchored.value);
  else
    open_.back().value->items.push_back(anchored.value);
}

void TreeBuilder::OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                           const std::string& given) {
  const Mark at = to_mark(mark);
  const bool quoted = tag == "!" || tag == "tag:yaml.org,2002:str";
  const std::string repaired = is_utf8(given) ? "" : with_whole_characters(given);
  const std::string& text = repaired.empty() ? given : repaired;
  unquoted_.reset();
  if (text.find('\0') != std::string::npos)
    problems_.error(at,
                    "this text holds a zero byte, which no program, file or variable can be given",
                    R"(take the \0 or \x00 out of it)");
  if (!quoted && text.ends_with('$') && !open_.empty() && open_.back().flow) {
    const auto rest = source_.text().substr(source_.offset(at));
    if (rest.substr(std::min(text.size(), rest.size())).starts_with("{{") ||
        rest.substr(std::min(text.size(), rest.size())).starts_with("[["))
      unquoted_ = at;
  }
  if (!open_.empty() && open_.back().value->is_map() && !open_.back().has_key) {
    auto& parent = open_.back();
    parent.key = text;
    parent.key_mark = at;
    parent.has_key = true;
    parent.plain_key = !quoted;
    if (anchor == 0) return;
    auto& key = make(YamlValue::Kind::scalar, at);
    key.quoted = quoted;
    key.text = text;
    anchors_[anchor] = {.value = &key, .extent = {}};
    return;
  }
  auto& value = make(YamlValue::Kind::scalar, at);
  value.quoted = quoted;
  value.text = text;
  place(value, {}, anchor);
}

void TreeBuilder::open(YamlValue::Kind kind, Mark mark, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value style) {
  if (!open_.empty() && open_.back().value->is_map() && !open_.back().has_key)
    throw StopParsing{mark, "a list or map cannot be a key",
                      "expected a name; or is a bracket not closed?"};
  if (open_.size() >= deepest_nesting) refuse_depth(mark);
  if (anchor != 0) anchors_[anchor] = {};
  auto& value = make(kind, mark);
  auto& frame = open_.emplace_back();
  frame.value = &value;
  frame.anchor = anchor;
  frame.flow = style == YAML::EmitterStyle::Flow;
}

void TreeBuilder::close() {
  const Open closed = std::move(open_.back());
  open_.pop_back();
  place(*closed.value, closed.extent, closed.anchor);
}

void TreeBuilder::close_all() {
  while (!open_.empty()) {
    // A key without a value, or nobody to give the value to, since that is what went wrong.
    auto& frame = open_.back();
    if (frame.has_key) {
      auto& nothing = document_.add();  // not make(), whose limit may be what went wrong
      nothing.mark = frame.key_mark;
      place_entry(frame, nothing);
    }
    if (open_.size() > 1 && open_[open_.size() - 2].value->is_map() &&
        !open_[open_.size() - 2].has_key)
      open_.pop_back();
    else
      close();
  }
}

void TreeBuilder::OnMapEnd() {
  check_duplicates(*open_.back().value);
  if (!open_.back().merges.empty()) merge_into(open_.back());
  close();
}

void TreeBuilder::place(YamlValue& value, const Extent& extent, YAML::anchor_t anchor) {
  if (anchor != 0) anchors_[anchor] = {.value = &value, .extent = extent};
  if (open_.empty()) {
    document_.set_root(&value);
    return;
  }
  auto& parent = open_.back();
  parent.extent.hold(extent);
  if (!parent.value->is_map()) {
    parent.value->items.push_back(&value);
    return;
  }
  if (!parent.has_key)
    throw StopParsing{value.mark, "there is no key before this ':'", "expected a name"};
  // An empty value's own place is that of whatever comes next in the file.
  if (value.is_null()) value.mark = parent.key_mark;
  place_entry(parent, value);
}

void TreeBuilder::place_entry(Open& parent, const YamlValue& value) {
  if (parent.plain_key && parent.key == "<<")
    parent.merges.emplace_back(&value, parent.key_mark);
  else
    parent.value->entries.push_back({std::move(parent.key), parent.key_mark, &value});
  parent.key.clear();
  parent.has_key = false;
}

/// Whether a map has few keys, all different: the quick look that nearly all maps get.
bool few_and_distinct(const std::vector<YamlValue::Entry>& entries) {
  if (entries.size() > 12) return false;
  for (std::size_t i = 1; i < entries.size(); ++i)
    for (std::size_t j = 0; j < i; ++j)
      if (entries[i].key == entries[j].key) return false;
  return true;
}

void TreeBuilder::check_duplicates(YamlValue& map) {
  if (few_and_distinct(map.entries)) return;
  std::unordered_map<std::string_view, Mark> seen;
  std::vector<YamlValue::Entry> kept;
  bool repeated = false;
  for (const auto& entry : map.entries) {
    const auto [first, is_new] = seen.emplace(entry.key, entry.mark);
    if (is_new) continue;
    repeated = true;
    problems_.error(entry.mark, fmt::format("the key '{}' appears twice", entry.key),
                    fmt::format("the first one is in line {}", first->second.line));
  }
  if (!repeated) return;
  std::unordered_set<std::string> names;
  for (auto& entry : map.entries)
    if (names.insert(entry.key).second) kept.push_back(std::move(entry));
  map.entries = std::move(kept);
}

void TreeBuilder::merge_into(Open& open) {
  Names names;
  for (const auto& entry : open.value->entries) names.insert(entry.key);
  for (const auto& [merged, mark] : open.merges) {
    if (merged->is_map()) {
      merge_map(*open.value, names, *merged);
    } else if (merged->is_sequence()) {
      for (const auto* item : merged->items) {
        if (!item->is_map())
          throw StopParsing{mark, "'<<' names something that is not a map",
                            "for example <<: [*defaults, *more]"};
        merge_map(*open.value, names, *item);
      }
    } else {
      throw StopParsing{mark, fmt::format("'<<' needs a map, not {}", kind_name(*merged)),
                        "for example <<: *defaults"};
    }
  }
}

void TreeBuilder::merge_map(YamlValue& map, Names& names, const YamlValue& other) {
  for (const auto& entry : other.entries)
    if (names.insert(entry.key).second) map.entries.push_back(entry);
}

/// Where more brackets were opened than closed than any file means, also in texts and comments.
std::optional<std::size_t> too_many_brackets(std::string_view text) {
  std::ptrdiff_t open = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '[' || text[i] == '{') ++open;
    if (text[i] == ']' || text[i] == '}') --open;
    if (open > most_open_brackets) return i;
  }
  return std::nullopt;
}

}  // namespace

const YamlValue* YamlValue::find(std::string_view key) const {
  for (const auto& entry : entries)
    if (entry.key == key) return entry.value;
  return nullptr;
}

std::string_view kind_name(const YamlValue& value) {
  switch (value.kind) {
    case YamlValue::Kind::null:
      return "nothing";
    case YamlValue::Kind::scalar:
      return "text";
    case YamlValue::Kind::sequence:
      return "a list";
    case YamlValue::Kind::map:
      return "a map";
  }
  return "";
}

YamlDocument parse_yaml(const SourceText& source, Problems& problems) {
  YamlDocument document;
  if (const auto at = too_many_brackets(source.text())) {
    problems.error(source.mark(*at), "more than 100,000 brackets are open here",
                   "close them, or use fewer lists and maps inside each other");
    return document;
  }
  TreeBuilder builder(source, document, problems);
  MemoryBuffer buffer(source.text());
  std::istream stream(&buffer);
  const auto before = problems.error_count();
  try {
    YAML::Parser parser(stream);
    while (parser.HandleNextDocument(builder)) {
    }
  } catch (const YAML::Exception& error) {
    report_syntax_error(error, builder.unquoted_expression(), source, problems);
    document.set_root(nullptr);
    return document;
  } catch (const StopParsing& stop) {
    problems.error(stop.mark, stop.message, stop.expected);
    document.set_root(nullptr);
    return document;
  }
  const bool empty = document.root() == nullptr || document.root()->is_null();
  if (empty && problems.error_count() == before)
    problems.error(Mark{.line = 1, .column = 1}, "the file is empty");
  if (empty) document.set_root(nullptr);
  return document;
}

YamlDocument parse_yaml_beginning(const SourceText& source) {
  YamlDocument document;
  if (too_many_brackets(source.text())) return document;
  Problems ignored(source);
  TreeBuilder builder(source, document, ignored);
  MemoryBuffer buffer(source.text());
  std::istream stream(&buffer);
  try {
    YAML::Parser parser(stream);
    parser.HandleNextDocument(builder);
  } catch (const YAML::Exception&) {
    builder.close_all();
  } catch (const StopParsing&) {
    builder.close_all();
  }
  return document;
}

}  // namespace mlpipe
