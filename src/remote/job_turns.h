#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <mutex>
#include <set>
#include <string>
#include <utility>

#include "base/file_lock.h"
#include "base/hash.h"

namespace mlpipe {

/// Rights to touch a job's directory and record: the helper of a connection that was lost may still
/// be at work on what a new one is asked to do again. A kernel lock is its process's, so threads
/// of one helper keep each other out by name.
class JobTurns {
 public:
  explicit JobTurns(const std::filesystem::path& lock_file) : locks_(lock_file) {}

  void take(const std::string& name) {
    constexpr std::chrono::milliseconds look_again{20};
    std::unique_lock lock(mutex_);
    for (;;) {
      changed_.wait(lock, [&] { return !taken_.contains(name); });
      if (locks_.try_lock(offset_of(name))) break;
      changed_.wait_for(lock, look_again);
    }
    taken_.insert(name);
  }

  void give_back(const std::string& name) {
    const std::lock_guard lock(mutex_);
    locks_.unlock(offset_of(name));
    taken_.erase(name);
    changed_.notify_all();
  }

 private:
  static std::uint64_t offset_of(const std::string& name) {
    std::uint64_t offset = 0;
    const auto hash = hash_bytes(name);
    std::memcpy(&offset, hash.bytes.data(), sizeof offset);
    return offset;
  }

  LockFile locks_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::set<std::string> taken_;
};

/// One of these rights, as long as it lives.
class JobTurn {
 public:
  JobTurn(JobTurns& turns, std::string name) : turns_(turns), name_(std::move(name)) {
    turns_.take(name_);
  }
  ~JobTurn() { turns_.give_back(name_); }
  JobTurn(const JobTurn&) = delete;
  JobTurn& operator=(const JobTurn&) = delete;

 private:
  JobTurns& turns_;
  std::string name_;
};

}  // namespace mlpipe
