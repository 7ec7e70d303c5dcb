#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/file_stat.h"

namespace mlpipe {

/// What was seen at a path, at one moment.
struct Look {
  std::string path;
  bool follows_links = true;
  /// All five values that stand for the content count; else, of a folder, only that it is this one:
  /// its names were not asked for.
  bool exact = false;
  std::optional<FileStat> stat;  ///< Nothing: there was nothing.

  /// Whether what is there `now` is the same.
  [[nodiscard]] bool holds(const std::optional<FileStat>& now) const;
};

/// Whom a look is for: what was looked at is part of what this one goes by. 0: everybody.
using LookOwner = std::uint64_t;
inline constexpr LookOwner for_everybody = 0;

/// What was seen, sorted by path, each once, and of each, at the same place, for whom.
struct SeenLooks {
  std::vector<Look> looks;
  std::vector<std::vector<LookOwner>> owners;
  std::set<LookOwner> blind;  ///< Of what these went by, not all can be said by looks.
};

/// All that either saw; `blind` goes by more, too, where they saw different things at a path.
/// Nothing if those were for everybody.
[[nodiscard]] std::optional<SeenLooks> seen_by_both(SeenLooks a, SeenLooks b);

/// Collects what the functions of base/file.h see of the file system while it lives, on all
/// threads, so that somebody can look later whether anything has changed since. What is read past
/// those functions has to be told (saw()). One at a time in a process.
class LookRecorder {
 public:
  LookRecorder();
  ~LookRecorder();
  LookRecorder(const LookRecorder&) = delete;
  LookRecorder& operator=(const LookRecorder&) = delete;

  /// Tell the recorder, if there is one, what is at `path`. Does nothing on a thread that has a
  /// Pause.
  static void saw(const std::filesystem::path& path, bool follows_links,
                  const std::optional<FileStat>& stat, bool exact);
  /// Something was seen that no Look can say, such as an error.
  static void saw_more();

  /// How long it has been there: what it saw may be as old.
  [[nodiscard]] std::chrono::nanoseconds age() const {
    return std::chrono::steady_clock::now() - began_;
  }

  /// What was seen, sorted by path, each once; nothing if that is not all, if it is more than
  /// 1,500,000 looks, or if something changed while it was looked at.
  [[nodiscard]] std::optional<std::vector<Look>> looks() const;
  /// The same, with those for whom it was. Nothing if what everybody goes by is not all there.
  [[nodiscard]] std::optional<SeenLooks> seen() const;

  /// What this thread looks at while it lives is for `owner`; the innermost one counts. Without
  /// any, and what other threads see meanwhile, is for everybody.
  class Scope {
   public:
    explicit Scope(LookOwner owner);
    ~Scope();
    Scope(const Scope&) = delete;
    Scope& operator=(const Scope&) = delete;
  };

  /// What this thread looks at while it lives does not count.
  class Pause {
   public:
    Pause();
    ~Pause();
    Pause(const Pause&) = delete;
    Pause& operator=(const Pause&) = delete;
  };

 private:
  struct Entry {
    Look look;
    std::vector<LookOwner> owners;
  };

  void add(const std::filesystem::path& path, bool follows_links,
           const std::optional<FileStat>& stat, bool exact);
  void give_up(LookOwner owner);

  std::unordered_map<std::string, Entry> looks_;  ///< By how and where it was looked.
  std::set<LookOwner> blind_;
  bool is_whole_ = true;
  std::chrono::steady_clock::time_point began_ = std::chrono::steady_clock::now();
};

}  // namespace mlpipe
