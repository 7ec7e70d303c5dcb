#include "engine/unfinished_copy.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <stdio.h>  // NOLINT(modernize-deprecated-headers): renameat2

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "base/clock.h"
#include "base/error.h"
#include "base/file.h"
#include "engine/copy_note.h"
#include "store/contents.h"

namespace mlpipe {

namespace fs = std::filesystem;

namespace {

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
  const auto note = decode_copy_note(read_file(file));
  if (!note) {  // just begun; or damaged by a power cut
    if (is_older(file, hours(1))) fs::remove(file);
    return;
  }
  if (!belongs_to(*note, file)) {  // that of the workspace of which this one is a copy settles it
    fs::remove(file);
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
      auto note = decode_copy_note(read_file(file));
      if (note && belongs_to(*note, file) && LockFile(file).try_lock(0))
        found.push_back(std::move(*note));
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
      making_(path.parent_path() / fresh_copy_name()),
      whole_(whole_name(making_)),
      note_(note_for(making_, state)),
      lock_(note_) {
  while (!lock_.try_lock(0)) {  // whoever clears up looks at it just now
    making_ = path.parent_path() / fresh_copy_name();
    whole_ = whole_name(making_);
    note_ = note_for(making_, state);
    lock_ = LockFile(note_);
  }
  write_all(lock_.descriptor().get(), encode({making_, path, ours_, fs::canonical(note_)}), note_);
  flush_to_disk(note_);  // before there is anything that it alone knows of
  flush_to_disk(state.copies());
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
