// The file: "mlpipe unchanged run 1\n", the fields in the order of the struct (numbers
// little-endian in 8 bytes, texts with their length before them in 4), then the XXH3-128 of all of
// that.
#include "engine/unchanged_run_file.h"

#include <unistd.h>

#include <algorithm>
#include <string_view>

#include "base/error.h"
#include "store/encoding.h"

namespace mlpipe {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view unchanged_magic = "mlpipe unchanged run 1\n";

fs::path folder_of_unchanged(const StateDirectory& state) { return state.cache() / "unchanged"; }

void append_look(std::string& out, const Look& look) {
  append_text(out, look.path);
  const std::uint64_t flags = (look.follows_links ? 1U : 0U) | (look.exact ? 2U : 0U) |
                              (look.stat ? 4U : 0U) |
                              (look.stat && look.stat->executable ? 8U : 0U);
  append_number(out, flags, 1);
  if (!look.stat) return;
  append_number(out, static_cast<std::uint64_t>(look.stat->kind), 1);
  for (const std::uint64_t value : {look.stat->dev, look.stat->ino, look.stat->size,
                                    static_cast<std::uint64_t>(look.stat->mtime_ns),
                                    static_cast<std::uint64_t>(look.stat->ctime_ns)})
    append_number(out, value, 8);
}

template <class Pairs>
void append_pairs(std::string& out, const Pairs& pairs) {
  append_number(out, pairs.size(), 8);
  for (const auto& [name, value] : pairs) {
    append_text(out, name);
    append_text(out, value);
  }
}

template <class Texts>
void append_texts(std::string& out, const Texts& texts) {
  append_number(out, texts.size(), 8);
  for (const auto& text : texts) append_text(out, text);
}

std::string encode_unchanged(const UnchangedRun& run) {
  std::string out(unchanged_magic);
  append_number(out, static_cast<std::uint64_t>(run.run.value), 8);
  append_text(out, run.run_id);
  append_number(out, static_cast<std::uint64_t>(run.withdrawn_results), 8);
  append_number(out, run.looks.size(), 8);
  for (const auto& look : run.looks) append_look(out, look);
  append_pairs(out, run.passed_variables);
  append_texts(out, run.notices);
  append_text(out, run.pipeline);
  append_text(out, run.experiment);
  append_text(out, run.spec_file);
  append_pairs(out, run.tags);
  append_pairs(out, run.parameters);
  append_pairs(out, run.properties);
  append_texts(out, run.git_folders);
  append_pairs(out, run.steps);
  out.append(hash_bytes(out).view());
  return out;
}

/// Takes what encode_unchanged() made, and nothing else.
class UnchangedReader {
 public:
  explicit UnchangedReader(std::string_view bytes) : bytes_(bytes) {}

  /// Whether that was so, and nothing is left.
  [[nodiscard]] bool ended_well() const { return is_sound_ && bytes_.ok() && bytes_.left() == 0; }

  std::int64_t number() { return static_cast<std::int64_t>(bytes_.number(8)); }
  std::string text() { return std::string(bytes_.text()); }

  /// As many as are said to be there, as far as the bytes go.
  template <class Take>
  void each(const Take& take) {
    for (auto count = bytes_.number(8); count > 0 && bytes_.ok(); --count) take();
  }

  std::vector<std::string> texts() {
    std::vector<std::string> all;
    each([&] { all.push_back(text()); });
    return all;
  }

  std::map<std::string, std::string> map() {
    std::map<std::string, std::string> all;
    each([&] {
      std::string name = text();
      if (!all.empty() && name <= all.rbegin()->first) is_sound_ = false;
      all.insert_or_assign(std::move(name), text());
    });
    return all;
  }

  Look look() {
    Look look{.path = text()};
    const auto flags = bytes_.number(1);
    look.follows_links = (flags & 1U) != 0;
    look.exact = (flags & 2U) != 0;
    if (flags > 15 || (flags & 12U) == 8) is_sound_ = false;
    if ((flags & 4U) == 0) return look;
    FileStat& stat = look.stat.emplace();
    stat.executable = (flags & 8U) != 0;
    const auto kind = bytes_.number(1);
    if (kind > static_cast<std::uint64_t>(FileKind::other)) is_sound_ = false;
    stat.kind = static_cast<FileKind>(kind);
    stat.dev = bytes_.number(8);
    stat.ino = bytes_.number(8);
    stat.size = bytes_.number(8);
    stat.mtime_ns = number();
    stat.ctime_ns = number();
    return look;
  }

 private:
  ByteReader bytes_;
  bool is_sound_ = true;
};

std::optional<UnchangedRun> decode_unchanged(std::string_view bytes) {
  if (bytes.size() < unchanged_magic.size() + 16 || !bytes.starts_with(unchanged_magic))
    return std::nullopt;
  const auto body = bytes.substr(0, bytes.size() - 16);
  if (hash_bytes(body).view() != bytes.substr(body.size())) return std::nullopt;
  UnchangedReader reader(body.substr(unchanged_magic.size()));
  UnchangedRun run;
  run.run = {reader.number()};
  run.run_id = reader.text();
  run.withdrawn_results = reader.number();
  reader.each([&] { run.looks.push_back(reader.look()); });
  run.passed_variables = reader.map();
  run.notices = reader.texts();
  run.pipeline = reader.text();
  run.experiment = reader.text();
  run.spec_file = reader.text();
  run.tags = reader.map();
  run.parameters = reader.map();
  run.properties = reader.map();
  run.git_folders = reader.texts();
  reader.each([&] {
    std::string name = reader.text();
    run.steps.emplace_back(std::move(name), reader.text());
  });
  return reader.ended_well() ? std::optional(std::move(run)) : std::nullopt;
}

void forget_oldest(const fs::path& folder) {
  constexpr std::size_t most_kept = 20;
  std::vector<std::pair<std::int64_t, fs::path>> files;
  for (const auto& name : list_names(folder))
    if (const auto look = stat_link(folder / name))
      files.emplace_back(look->mtime_ns, folder / name);
  std::sort(files.begin(), files.end());
  for (std::size_t i = 0; i + most_kept < files.size(); ++i) ::unlink(files[i].second.c_str());
}

}  // namespace

std::optional<UnchangedRun> read_unchanged_run(const StateDirectory& state, const Hash& key) {
  const auto file = folder_of_unchanged(state) / key.hex();
  try {
    if (!stat_file(file)) return std::nullopt;
    return decode_unchanged(read_file(file));
  } catch (const Error&) {
    return std::nullopt;
  }
}

void write_unchanged_run(const StateDirectory& state, const Hash& key, const UnchangedRun& run) {
  try {
    const auto folder = folder_of_unchanged(state);
    make_folders(folder);
    write_file_atomically(folder / key.hex(), encode_unchanged(run));
    forget_oldest(folder);
  } catch (const Error&) {  // NOLINT(bugprone-empty-catch)
  }
}

}  // namespace mlpipe
