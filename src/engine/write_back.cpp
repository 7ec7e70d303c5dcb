#include "engine/write_back.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <stdio.h>  // NOLINT(modernize-deprecated-headers): renameat2

#include <cerrno>

#include "base/clock.h"
#include "base/error.h"
#include "base/text.h"
#include "base/work_time.h"
#include "engine/published_mark.h"
#include "engine/unfinished_copy.h"

namespace mlpipe {

namespace fs = std::filesystem;

namespace {

void copy_content(const WriteBack& what, const ObjectStore& store, const fs::path& to) {
  make_folders(to.parent_path());
  if (what.is_file) {
    copy_file(store.content_folder(what.object) / what.file_name, to, what.executable);
  } else {
    make_folders(to);
    store.copy_content(what.object, to, true);
  }
}

/// Whether what was at `path` and lies at `at` now is what `before` saw. The rename changed the
/// ctime of the topmost entry, of no other.
bool is_as_before(const Contents& before, const fs::path& path, const fs::path& at) {
  const std::string inside = path.native() + "/";
  for (const auto& [seen, look] : before.looks) {
    const bool top = seen == path;
    fs::path place = seen;
    if (top)
      place = at;
    else if (seen.native().starts_with(inside))
      place = at / seen.native().substr(inside.size());
    auto now = stat_link(place);
    if (!top && now && now->kind == FileKind::link && look.kind != FileKind::link)
      now = stat_file(place);
    if (now && top) now->ctime_ns = look.ctime_ns;
    if (!now || !now->same_content_as(look)) return false;
  }
  return true;
}

/// The same on filesystems that know only the plain rename: there, what comes to a free path
/// between a look and a rename is lost if it is a file.
bool put_in_place_plainly(UnfinishedCopy& copy, const fs::path& path, const Contents* before) {
  if (before == nullptr) {
    if (stat_link(path)) return false;
    rename_path(copy.making(), path);
    return true;
  }
  if (first_moved(*before)) return false;
  rename_path(path, copy.whole());
  const auto give_back = [&] {
    if (!stat_link(path)) rename_path(copy.whole(), path);
  };
  if (!is_as_before(*before, path, copy.whole())) {
    give_back();
    return false;
  }
  try {
    rename_path(copy.making(), path);
  } catch (const Error&) {
    give_back();
    throw;
  }
  copy.may_go();
  return true;
}

/// Give the copy its name. False if something came there meanwhile, or what was there (`before`)
/// has changed: only what mlpipe put there may go. What was written there while that was found out
/// stays at copy.whole().
bool put_in_place(UnfinishedCopy& copy, const fs::path& path, const Contents* before) {
  const auto trade = [from = copy.whole().c_str(), to = path.c_str()](unsigned flags) {
    return ::renameat2(AT_FDCWD, from, AT_FDCWD, to, flags) == 0;
  };
  copy.is_whole();
  if (!trade(before == nullptr ? RENAME_NOREPLACE : RENAME_EXCHANGE)) {
    const int error = errno;
    copy.may_go();
    if (error == EEXIST || error == ENOENT) return false;
    if (error == EINVAL) return put_in_place_plainly(copy, path, before);
    fail_errno(error, fmt::format("cannot put the output at '{}'", printable(path.native())));
  }
  if (before == nullptr) return true;
  if (is_as_before(*before, path, copy.whole())) {
    copy.may_go();
    return true;
  }
  if (!trade(RENAME_EXCHANGE))
    fail_errno(errno, fmt::format("what was at '{}' was changed meanwhile and lies at '{}' now; "
                                  "cannot put it back",
                                  printable(path.native()), printable(copy.whole().native())));
  copy.may_go_if_ours();
  return false;
}

}  // namespace

WriteBackOutcome write_back_output(const WriteBack& what, const StateDirectory& state,
                                   ObjectStore& store, ObjectFetcher* fetcher, StatCache& cache,
                                   WorkerPool& pool) {
  using Kind = WriteBackOutcome::Kind;
  const WorkTimer timer(Work::copying, what.path.native());
  WriteBackOutcome outcome{.kind = Kind::written, .what = what};
  const auto keep = [&outcome, &what](std::string_view why) {
    outcome.kind = Kind::kept_foreign;
    outcome.why = fmt::format("what is at '{}' {}", printable(what.path.native()), why);
    outcome.message = fmt::format(
        "output '{}' is not copied to '{}': what is there {}; move it away and run again, or "
        "fetch the output with `mlpipe get`",
        what.output, what.path.string(), why);
    return outcome;
  };
  try {
    const auto place = look_at_place(what, store, cache, pool);
    if (place.state == PublishedPlace::State::holds) {
      outcome.kind = Kind::already_there;
      return outcome;
    }
    if (!place.may_be_written()) return keep(why_kept(place.state));
    const Contents* before = place.contents ? &*place.contents : nullptr;
    const bool is_here = fetcher != nullptr ? fetcher->fetch(what.object, what.machines)
                                            : store.check(what.object) == ObjectState::intact;
    if (!is_here)
      fail(ErrorKind::system, "it is missing or damaged in the store; run again to make it anew");
    std::vector<Hash> ours = {what.content_hash};
    if (before != nullptr) ours.push_back(before->hash);
    UnfinishedCopy copy(state, what.path, std::move(ours));
    copy_content(what, store, copy.making());
    mark_published(copy.making(), what.content_hash, what.path);
    flush_copy(copy.making());
    if (!put_in_place(copy, what.path, before)) {
      std::string why = "was made or changed while the output was being copied";
      if (stat_link(copy.whole()))
        why += fmt::format(", twice: what was written last lies at '{}'",
                           printable(copy.whole().native()));
      return keep(why);
    }
  } catch (const std::exception& error) {
    outcome.kind = Kind::failed;
    outcome.message = fmt::format("output '{}' could not be copied to '{}': {}", what.output,
                                  what.path.string(), error.what());
    outcome.why = error.what();
  }
  return outcome;
}

fs::path path_in_run(const fs::path& path, const std::string& run_id) {
  constexpr std::string_view name = "${{name}}";
  std::string text = path.native();
  for (auto at = text.find(name); at != std::string::npos; at = text.find(name, at))
    text.replace(at, name.size(), run_id);
  return text;
}

std::vector<WriteBack> write_backs(const Step& step, const std::vector<OutputRecord>& outputs,
                                   const std::string& run_id, History& history) {
  std::vector<WriteBack> work;
  for (const auto& output : step.outputs) {
    if (output.path->empty()) continue;
    const auto path = path_in_run(output.path, run_id);
    for (const auto& made : outputs)
      if (made.name == output.name)
        work.push_back({.output = made.name,
                        .path = path,
                        .object = made.object,
                        .content_hash = made.content_hash,
                        .is_file = made.is_file,
                        .executable = made.executable,
                        .file_name = made.file_name,
                        .put_before = history.published_content(path)});
  }
  return work;
}

std::optional<NotCopied> not_copied(std::string_view step, const WriteBackOutcome& outcome) {
  if (outcome.why.empty()) return std::nullopt;
  return NotCopied{.step = std::string(step),
                   .output = outcome.what.output,
                   .path = outcome.what.path,
                   .why = outcome.why};
}

void record_write_back(const WriteBackOutcome& outcome, RunKey run, History& history) {
  using Kind = WriteBackOutcome::Kind;
  const auto& what = outcome.what;
  if (outcome.kind == Kind::written ||
      (outcome.kind == Kind::already_there && what.put_before != what.content_hash))
    history.remember_published(what.path, what.content_hash, run, now());
}

}  // namespace mlpipe
