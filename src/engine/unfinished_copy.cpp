// The note: the first name of the copy, the path that it is for, and the hashes of what is
// mlpipe's in hex, each with a zero byte behind it. It has the name of the copy.
#include "engine/unfinished_copy.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <stdio.h>  // NOLINT(modernize-deprecated-headers): renameat2

#include <algorithm>
#include <atomic>
#include <optional>
#include <random>
#include <string>
#include <utility>

#include "base/clock.h"
#include "base/error.h"
#include "base/file.h"
#include "base/text.h"
#include "store/contents.h"

namespace mlpipe {

namespace fs = std::filesystem;

namespace {

/// Free, and free on every machine that sees the filesystem. Not the path's own name with an
/// ending: that may be as long as a name can be.
std::string fresh_name() {
  static const unsigned process = std::random_device()();
  static std::atomic<unsigned> counter{0};
  return fmt::format(".mlpipe-{:08x}-{}", process, counter++);
}

fs::path whole_name(const fs::path& making) {
  fs::path whole = making;
  whole += "-whole";
  return whole;
}

fs::path note_for(const fs::path& making, const StateDirectory& state) {
  make_folders(state.copies());
  return state.copies() / making.filename();
}

/// Whether what is there has just these contents, and is no link to them.
bool is_ours(const fs::path& place, const std::vector<Hash>& ours) {
  try {
    const auto look = stat_link(place);
    if (!look || look->kind == FileKind::link) return false;
    WorkerPool pool(1);
    StatCache nothing_known{fs::path()};
    const auto contents = hash_contents(place, nothing_known, pool);
    return contents.followed.empty() &&
           std::find(ours.begin(), ours.end(), contents.hash) != ours.end();
  } catch (const Error&) {
    return false;  // sockets, what may not be read: not made by mlpipe
  }
}

struct CopyNote {
  fs::path making;
  fs::path path;
  std::vector<Hash> ours;
};

std::string encode_note(const CopyNote& note) {
  std::string text = note.making.native() + '\0' + note.path.native() + '\0';
  for (const auto& hash : note.ours) text += hash.hex() + '\0';
  return text;
}

/// Nothing if it was not written to its end.
std::optional<CopyNote> decode_note(std::string_view text) {
  if (!text.ends_with('\0')) return std::nullopt;
  const auto parts = split(text.substr(0, text.size() - 1), '\0');
  if (parts.size() < 2) return std::nullopt;
  CopyNote note{.making = parts[0], .path = parts[1], .ours = {}};
  for (std::size_t i = 2; i < parts.size(); ++i)
    if (const auto hash = parse_hash(parts[i])) note.ours.push_back(*hash);
  return note;
}

bool is_older(const fs::path& note, std::chrono::hours age) {
  const auto look = stat_link(note);
  return look && from_micros(look->mtime_ns / 1000) < now() - age;
}

/// Give what somebody wrote its place back, from where the copy would have come from.
void trade_back(const CopyNote& note, const fs::path& whole) {
  const unsigned flags = stat_link(note.path) ? RENAME_EXCHANGE : RENAME_NOREPLACE;
  if (flags == RENAME_EXCHANGE && !is_ours(note.path, note.ours)) return;
  ::renameat2(AT_FDCWD, whole.c_str(), AT_FDCWD, note.path.c_str(), flags);
}

void settle(const fs::path& file) {
  using std::chrono::hours;
  LockFile lock(file);
  if (!lock.try_lock(0)) return;  // it is being made
  const auto note = decode_note(read_file(file));
  if (!note) {  // just begun; or emptied by a power cut
    if (is_older(file, hours(1))) fs::remove(file);
    return;
  }
  if (!stat_link(note->making.parent_path())) {  // perhaps on a disk that is not here now
    if (is_older(file, hours(30 * 24))) fs::remove(file);
    return;
  }
  const fs::path whole = whole_name(note->making);
  remove_tree(note->making);
  if (stat_link(whole) && !is_ours(whole, note->ours)) trade_back(*note, whole);
  if (stat_link(whole)) {
    if (!is_ours(whole, note->ours)) return;
    remove_tree(whole);
  }
  fs::remove(file);
}

std::vector<std::string> notes(const StateDirectory& state) {
  return stat_link(state.copies()) ? list_names(state.copies()) : std::vector<std::string>();
}

/// Of copies that nobody makes any more.
std::vector<CopyNote> notes_of_the_dead(const StateDirectory& state) {
  std::vector<CopyNote> found;
  for (const auto& name : notes(state)) {
    const fs::path file = state.copies() / name;
    try {
      auto note = decode_note(read_file(file));
      if (note && LockFile(file).try_lock(0)) found.push_back(std::move(*note));
    } catch (
        const Error&) {  // NOLINT(bugprone-empty-catch): it has just gone, or may not be locked
    }
  }
  return found;
}

}  // namespace

UnfinishedCopy::UnfinishedCopy(const StateDirectory& state, const fs::path& path,
                               std::vector<Hash> ours)
    : ours_(std::move(ours)),
      making_(path.parent_path() / fresh_name()),
      whole_(whole_name(making_)),
      note_(note_for(making_, state)),
      lock_(note_) {
  while (!lock_.try_lock(0)) {  // whoever clears up looks at it just now
    making_ = path.parent_path() / fresh_name();
    whole_ = whole_name(making_);
    note_ = note_for(making_, state);
    lock_ = LockFile(note_);
  }
  write_all(lock_.descriptor().get(), encode_note({making_, path, ours_}), note_);
}

UnfinishedCopy::~UnfinishedCopy() {
  try {
    remove_tree(making_);
    if (!stat_link(whole_)) fs::remove(note_);
  } catch (const std::exception&) {  // NOLINT(bugprone-empty-catch): the note stays
  }
}

void UnfinishedCopy::is_whole() { rename_path(making_, whole_); }

void UnfinishedCopy::may_go() { rename_path(whole_, making_); }

void UnfinishedCopy::may_go_if_ours() {
  if (is_ours(whole_, ours_)) may_go();
}

void remove_unfinished_copies(const StateDirectory& state) {
  for (const auto& name : notes(state)) {
    try {
      settle(state.copies() / name);
    } catch (const std::exception&) {  // NOLINT(bugprone-empty-catch): the note stays
    }
  }
}

std::vector<fs::path> parts_left(const StateDirectory& state) {
  std::vector<fs::path> found;
  for (const auto& note : notes_of_the_dead(state))
    if (stat_link(note.making)) found.push_back(note.making);
  return found;
}

std::vector<PutAside> contents_put_aside(const StateDirectory& state) {
  std::vector<PutAside> found;
  for (const auto& note : notes_of_the_dead(state))
    if (const auto whole = whole_name(note.making); stat_link(whole))
      found.push_back({note.path, whole});
  return found;
}

}  // namespace mlpipe
