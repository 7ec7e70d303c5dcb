#include "engine/write_back.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <stdio.h>  // NOLINT(modernize-deprecated-headers): renameat2
#include <unistd.h>

#include <atomic>
#include <cerrno>

#include "base/clock.h"
#include "base/error.h"

namespace mlpipe {

namespace fs = std::filesystem;

namespace {

/// A free name beside the path, on its filesystem. Not the path's own name with an ending: that may
/// be as long as a name can be.
fs::path name_beside(const fs::path& path) {
  static std::atomic<unsigned> counter{0};
  return path.parent_path() / fmt::format(".mlpipe-{}-{}", ::getpid(), counter++);
}

void copy_content(const WriteBack& what, const ObjectStore& store, const fs::path& to) {
  make_folders(to.parent_path());
  remove_tree(to);
  if (what.is_file) {
    copy_file(store.content_folder(what.object) / what.file_name, to, what.executable);
  } else {
    make_folders(to);
    store.copy_content(what.object, to, true);
  }
}

void replace(const fs::path& made, const fs::path& path, bool something_is_there, bool is_file) {
  if (!something_is_there || is_file) {
    rename_path(made, path);
    return;
  }
  if (::renameat2(AT_FDCWD, made.c_str(), AT_FDCWD, path.c_str(), RENAME_EXCHANGE) != 0)
    fail_errno(errno, fmt::format("cannot replace '{}'", path.string()));
  remove_tree(made);  // holds the old content now
}

}  // namespace

WriteBackOutcome write_back_output(const WriteBack& what, const ObjectStore& store,
                                   StatCache& cache, WorkerPool& pool) {
  using Kind = WriteBackOutcome::Kind;
  WriteBackOutcome outcome{.kind = Kind::written, .what = what};
  const fs::path made = name_beside(what.path);
  try {
    const auto there = stat_file(what.path);
    if (there || stat_link(what.path)) {
      std::optional<Hash> content;
      if (there && (there->kind == FileKind::file || there->kind == FileKind::folder))
        content = hash_contents(what.path, cache, pool).hash;
      const bool same_kind = there && (there->kind == FileKind::file) == what.is_file;
      if (same_kind && content == what.content_hash) {
        outcome.kind = Kind::already_there;
        return outcome;
      }
      if (!content || content != what.put_before || !same_kind) {
        outcome.kind = Kind::kept_foreign;
        outcome.message = fmt::format(
            "output '{}' is not copied to '{}': what is there {}; move it away and run again, or "
            "fetch the output with `mlpipe get`",
            what.output, what.path.string(),
            what.put_before ? "was edited since mlpipe put it there"
                            : "was not put there by mlpipe");
        return outcome;
      }
    }
    copy_content(what, store, made);
    replace(made, what.path, there.has_value(), what.is_file);
  } catch (const std::exception& error) {
    outcome.kind = Kind::failed;
    outcome.message = fmt::format("output '{}' could not be copied to '{}': {}", what.output,
                                  what.path.string(), error.what());
    std::error_code ignored;
    fs::remove_all(made, ignored);
  }
  return outcome;
}

std::vector<WriteBack> write_backs(const Step& step, const std::vector<OutputRecord>& outputs,
                                   History& history) {
  std::vector<WriteBack> work;
  for (const auto& output : step.outputs) {
    if (output.path.empty()) continue;
    for (const auto& made : outputs)
      if (made.name == output.name)
        work.push_back({.output = made.name,
                        .path = output.path,
                        .object = made.object,
                        .content_hash = made.content_hash,
                        .is_file = made.is_file,
                        .executable = made.executable,
                        .file_name = made.file_name,
                        .put_before = history.published_content(output.path)});
  }
  return work;
}

void record_write_back(const WriteBackOutcome& outcome, RunKey run, History& history) {
  using Kind = WriteBackOutcome::Kind;
  const auto& what = outcome.what;
  if (outcome.kind == Kind::written ||
      (outcome.kind == Kind::already_there && what.put_before != what.content_hash))
    history.remember_published(what.path, what.content_hash, run, now());
}

}  // namespace mlpipe
