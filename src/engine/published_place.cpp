#include "engine/published_place.h"

#include <algorithm>
#include <map>

#include "base/error.h"
#include "engine/published_mark.h"

namespace mlpipe {

namespace {

using State = PublishedPlace::State;

bool is_same_entry(const TreeEntry& a, const TreeEntry& b) {
  if (a.kind != b.kind) return false;
  if (a.kind == FileKind::folder) return true;  // its own hash differs where something is missing
  return a.hash == b.hash && a.size == b.size && a.executable == b.executable;
}

/// Whether all that is in the folder is in what mlpipe put there, whose hash is `put`.
bool is_part_of(const Contents& contents, const Hash& put, const ObjectStore& store) {
  if (contents.kind != FileKind::folder) return false;
  std::vector<TreeEntry> all;
  try {
    all = store.entries(put);  // a folder's content hash is its object's id
  } catch (const Error&) {
    return false;  // gc took it: nobody knows any more what was there
  }
  std::map<std::string_view, const TreeEntry*> by_path;
  for (const auto& entry : all) by_path.emplace(entry.path, &entry);
  return std::all_of(contents.entries.begin(), contents.entries.end(),
                     [&by_path](const TreeEntry& entry) {
                       const auto found = by_path.find(entry.path);
                       return found != by_path.end() && is_same_entry(entry, *found->second);
                     });
}

State state_of(const Contents& contents, const WriteBack& what, const ObjectStore& store) {
  if ((contents.kind == FileKind::file) == what.is_file) {
    if (contents.hash == what.content_hash) return State::holds;
    const auto put = what.put_before ? what.put_before : published_mark(what.path);
    if (contents.hash == what.put_before || is_marked_published(what.path, contents.hash))
      return State::other;
    if (put && is_part_of(contents, *put, store)) return State::part;
  }
  return what.put_before ? State::edited : State::foreign;
}

}  // namespace

PublishedPlace look_at_place(const WriteBack& what, const ObjectStore& store, StatCache& cache,
                             WorkerPool& pool) {
  PublishedPlace place;
  const auto there = stat_link(what.path);
  if (!there) return place;
  const auto led = stat_file(what.path);
  if (!led || (led->kind != FileKind::file && led->kind != FileKind::folder)) {
    place.state = what.put_before ? State::edited : State::foreign;
    return place;
  }
  place.contents = hash_contents(what.path, cache, pool);
  place.state = state_of(*place.contents, what, store);
  if (there->kind == FileKind::link && place.may_be_written())
    place.state = what.put_before ? State::edited : State::foreign;
  return place;
}

std::string_view why_kept(State state) {
  if (state == State::edited) return "was edited since mlpipe put it there";
  if (state == State::foreign) return "was not put there by mlpipe";
  return {};
}

}  // namespace mlpipe
