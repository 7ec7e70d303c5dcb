// The cache file is a list of texts, each ended by a NUL byte (none of them can hold one):
//   "mlpipe interpreters 2", then for each entry
//   key, language, version,
//   number of distributions, the distributions,
//   executable, number of places, the places,
//   number of watched paths, and for each: path, then "absent" or
//   "present", dev, ino, size, mtime_ns, ctime_ns.
// Then "end" and the XXH3-128 of all of that, 16 bytes: what was cut or damaged is not taken, since
// a wrong version would be a wrong identity.
#include "target/interpreter_cache.h"

#include <algorithm>
#include <charconv>
#include <string_view>

#include "base/error.h"
#include "base/hash.h"
#include "base/look_recorder.h"

namespace mlpipe {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view magic = "mlpipe interpreters 2";

/// Puts texts one after the other.
class Writer {
 public:
  void add(std::string_view text) {
    bytes_ += text;
    bytes_ += '\0';
  }
  template <class Number>
  void add_number(Number value) {
    add(std::to_string(value));
  }
  [[nodiscard]] const std::string& bytes() const { return bytes_; }

 private:
  std::string bytes_;
};

/// Takes them out again; throws Error(system) where they are not what is expected.
class Reader {
 public:
  explicit Reader(std::string_view bytes) : bytes_(bytes) {}

  std::string text() {
    const std::size_t end = bytes_.find('\0');
    if (end == std::string_view::npos) fail(ErrorKind::system, "the file ends too early");
    std::string result(bytes_.substr(0, end));
    bytes_.remove_prefix(end + 1);
    return result;
  }

  [[nodiscard]] bool at_end() const { return bytes_.empty(); }

  template <class Number>
  Number number() {
    const std::string digits = text();
    Number value{};
    const char* end = digits.data() + digits.size();
    const auto result = std::from_chars(digits.data(), end, value);
    if (result.ec != std::errc() || result.ptr != end) fail(ErrorKind::system, "not a number");
    return value;
  }

 private:
  std::string_view bytes_;
};

WatchedPath read_watched(Reader& reader) {
  WatchedPath watched{.path = reader.text(), .stat = {}};
  const std::string presence = reader.text();
  if (presence == "absent") return watched;
  if (presence != "present") fail(ErrorKind::system, "neither present nor absent");
  FileStat stat;
  stat.dev = reader.number<std::uint64_t>();
  stat.ino = reader.number<std::uint64_t>();
  stat.size = reader.number<std::uint64_t>();
  stat.mtime_ns = reader.number<std::int64_t>();
  stat.ctime_ns = reader.number<std::int64_t>();
  watched.stat = stat;
  return watched;
}

void write_watched(const WatchedPath& watched, Writer& writer) {
  writer.add(watched.path.native());
  writer.add(watched.stat ? "present" : "absent");
  if (!watched.stat) return;
  writer.add_number(watched.stat->dev);
  writer.add_number(watched.stat->ino);
  writer.add_number(watched.stat->size);
  writer.add_number(watched.stat->mtime_ns);
  writer.add_number(watched.stat->ctime_ns);
}

}  // namespace

WatchedPath watch(const fs::path& path) {
  WatchedPath watched{.path = path, .stat = {}};
  try {
    watched.stat = stat_file(path);
    LookRecorder::saw(path, true, watched.stat, true);  // of a folder, its names count
  } catch (const Error&) {
    watched.stat.reset();
  }
  return watched;
}

bool unchanged(const std::vector<WatchedPath>& watched) {
  return std::all_of(watched.begin(), watched.end(), [](const WatchedPath& before) {
    const WatchedPath after = watch(before.path);
    if (before.stat.has_value() != after.stat.has_value()) return false;
    return !before.stat || before.stat->same_content_as(*after.stat);
  });
}

bool settled(const std::vector<WatchedPath>& watched, TimePoint time) {
  const std::int64_t limit = (to_micros(time) - 2'000'000) * 1000;
  return std::all_of(watched.begin(), watched.end(), [&](const WatchedPath& path) {
    return !path.stat || (path.stat->mtime_ns < limit && path.stat->ctime_ns < limit);
  });
}

InterpreterCache read_interpreter_cache(const fs::path& file) {
  InterpreterCache cache;
  try {
    if (!stat_file(file)) return {};
    const std::string bytes = read_file(file);
    const std::string_view body =
        std::string_view(bytes).substr(0, bytes.size() - std::min<std::size_t>(bytes.size(), 16));
    if (hash_bytes(body).view() != std::string_view(bytes).substr(body.size())) return {};
    Reader reader(body);
    if (reader.text() != magic) return {};
    for (std::string key = reader.text(); key != "end"; key = reader.text()) {
      RememberedInterpreter& entry = cache[key];
      entry.identity.language = reader.text();
      entry.identity.version = reader.text();
      for (auto count = reader.number<std::size_t>(); count > 0; --count) {
        entry.identity.distributions.push_back(reader.text());
      }
      entry.executable = reader.text();
      for (auto count = reader.number<std::size_t>(); count > 0; --count) {
        entry.places.emplace_back(reader.text());
      }
      for (auto count = reader.number<std::size_t>(); count > 0; --count) {
        entry.watched.push_back(read_watched(reader));
      }
    }
    if (!reader.at_end()) return {};
  } catch (const Error&) {
    return {};
  }
  return cache;
}

void write_interpreter_cache(const fs::path& file, const InterpreterCache& cache) {
  Writer writer;
  writer.add(magic);
  for (const auto& [key, entry] : cache) {
    writer.add(key);
    writer.add(entry.identity.language);
    writer.add(entry.identity.version);
    writer.add_number(entry.identity.distributions.size());
    for (const std::string& distribution : entry.identity.distributions) writer.add(distribution);
    writer.add(entry.executable.native());
    writer.add_number(entry.places.size());
    for (const fs::path& place : entry.places) writer.add(place.native());
    writer.add_number(entry.watched.size());
    for (const WatchedPath& watched : entry.watched) write_watched(watched, writer);
  }
  writer.add("end");
  write_file_atomically(file, writer.bytes() + std::string(hash_bytes(writer.bytes()).view()));
}

}  // namespace mlpipe
