#include "remote/protocol_fields.h"

#include <algorithm>
#include <functional>
#include <set>
#include <string_view>

#include "base/text.h"

namespace mlpipe {

FrameWriter begin_frame(char type, RequestId request) {
  FrameWriter writer(type);
  writer.number(request.value);
  return writer;
}

void put_count(FrameWriter& writer, std::size_t count) {
  writer.number(static_cast<std::uint32_t>(count));
}

void put_hashes(FrameWriter& writer, const std::vector<Hash>& hashes) {
  put_count(writer, hashes.size());
  for (const auto& hash : hashes) writer.hash(hash);
}

std::vector<Hash> take_hashes(FieldReader& fields) {
  std::vector<Hash> hashes(fields.count(hash_bytes_long));
  for (auto& hash : hashes) hash = fields.hash();
  return hashes;
}

void put_numbers(FrameWriter& writer, const std::vector<unsigned>& numbers) {
  put_count(writer, numbers.size());
  for (const auto number : numbers) writer.number(std::uint32_t{number});
}

std::vector<unsigned> take_numbers(FieldReader& fields) {
  std::vector<unsigned> numbers(fields.count(sizeof(std::uint32_t)));
  for (auto& number : numbers) number = fields.number<std::uint32_t>();
  return numbers;
}

void put_head(FrameWriter& writer, const ObjectHead& head) {
  writer.hash(head.id).truth(head.is_file);
  put_count(writer, head.entries.size());
  for (const auto& entry : head.entries)
    writer.text(entry.path)
        .number(static_cast<std::uint8_t>(entry.kind))
        .truth(entry.executable)
        .number(entry.size)
        .hash(entry.hash)
        .text(entry.link);
}

ObjectHead take_head(FieldReader& fields) {
  constexpr std::size_t least = 4 + 1 + 1 + 8 + hash_bytes_long + 4;
  ObjectHead head{.id = fields.hash(), .is_file = fields.truth()};
  head.entries.resize(fields.count(least));
  for (auto& entry : head.entries) {
    entry.path = fields.text();
    entry.kind = kind_of(fields.number<std::uint8_t>(), FileKind::link);
    entry.executable = fields.truth();
    entry.size = fields.number<std::uint64_t>();
    entry.hash = fields.hash();
    entry.link = fields.text();
  }
  if (!is_sound(head)) throw ProtocolError("an object has entries that none can have");
  return head;
}

std::string put_files_wanted(const FilesWanted& said) {
  auto writer = begin_frame('w', said.request);
  put_numbers(writer, said.files);
  return writer.finish();
}

FilesWanted take_files_wanted(RequestId request, FieldReader& fields) {
  FilesWanted said{.request = request, .files = take_numbers(fields)};
  if (std::adjacent_find(said.files.begin(), said.files.end(), std::greater_equal<>()) !=
      said.files.end())
    throw ProtocolError("files are wanted in another order than they have");
  return said;
}

void check_name(const std::string& name) {
  if (name.empty() || name == "." || name == ".." || name.find('/') != std::string::npos ||
      name.find('\0') != std::string::npos)
    throw ProtocolError("a frame has a name that is none");
}

namespace {

/// In the order of a tree: by the bytes of the names, what is in a folder right after it.
bool comes_before(std::string_view one, std::string_view other) {
  const auto rank = [](char letter) {
    return letter == '/' ? 0 : static_cast<unsigned>(static_cast<unsigned char>(letter));
  };
  return std::lexicographical_compare(
      one.begin(), one.end(), other.begin(), other.end(),
      [&](char left, char right) { return rank(left) < rank(right); });
}

bool is_sound_path(std::string_view path) {
  if (path.empty() || path.find('\0') != std::string_view::npos) return false;
  const auto names = split(path, '/');
  return std::none_of(names.begin(), names.end(), [](std::string_view name) {
    return name.empty() || name == "." || name == "..";
  });
}

}  // namespace

bool is_job_name(std::string_view name) {
  constexpr std::size_t longest = 100;
  return !name.empty() && name.size() <= longest && name[0] != '-' &&
         name.find_first_not_of("0123456789abcdefghijklmnopqrstuvwxyz-") == std::string_view::npos;
}

bool is_sound(const ObjectHead& head) {
  if (head.is_file && (head.entries.size() != 1 || head.entries[0].kind != FileKind::file ||
                       head.entries[0].path.find('/') != std::string::npos))
    return false;
  std::set<std::string_view> folders{""};
  std::string_view before;
  for (const auto& entry : head.entries) {
    const std::string_view path = entry.path;
    if (!is_sound_path(path) || !comes_before(before, path)) return false;
    before = path;
    const auto slash = path.rfind('/');
    if (!folders.contains(slash == std::string_view::npos ? "" : path.substr(0, slash)))
      return false;
    if (entry.kind == FileKind::folder) folders.insert(path);
  }
  return true;
}

}  // namespace mlpipe
