#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string_view>
#include <vector>

#include "base/file.h"
#include "base/worker_pool.h"
#include "remote/frame_channel.h"
#include "remote/protocol.h"
#include "store/contents.h"
#include "store/object_store.h"

namespace mlpipe {

/// An object that can be sent, and where its files lie.
struct ObjectToSend {
  ObjectHead head;
  std::filesystem::path root;  ///< Its entries' paths count from here.
};

/// Of the store. Throws Error(not_found) if it is not there.
[[nodiscard]] ObjectToSend object_in(const ObjectStore& store, const Hash& id, bool is_file);

/// What lies outside the store, as it was hashed, under the id that the store would give it.
[[nodiscard]] ObjectToSend object_at(const std::filesystem::path& path, const Contents& contents);

/// Whether it is worth a question which of its files are there already: the answer takes as long as
/// some thousand bytes.
[[nodiscard]] bool is_worth_asking(const ObjectHead& head);

/// Only these of its files, by the numbers of their entries: what can be read of it, but not what
/// can be stored. Throws Error(system) if it has no such files.
[[nodiscard]] ObjectToSend part_of(const ObjectToSend& object,
                                   const std::vector<std::uint32_t>& files);

/// The next bytes of an object: in memory, or in a file, from where it stands.
struct ObjectPiece {
  std::string_view bytes;
  const Fd* file = nullptr;
  std::size_t file_bytes = 0;

  [[nodiscard]] std::size_t size() const { return file != nullptr ? file_bytes : bytes.size(); }
};

/// Go through its files and hand the bytes out in pieces of at most 256 KiB: small files read, and
/// together; large ones as they lie there, so that nobody needs to copy them. Throws Error(system)
/// if a file cannot be read or has another size than its entry says.
void read_object(const ObjectToSend& object, const std::function<void(const ObjectPiece&)>& piece);

/// As ObjectBytes of this request. False if the other side is gone.
bool send_piece(FrameChannel& channel, RequestId request, const ObjectPiece& piece);

/// How files of an object that are in the store already get into it.
struct CopyFromStore {
  WorkerPool* pool = nullptr;     ///< Without: one after the other.
  std::function<bool()> goes_on;  ///< Asked before each file; from false on, Error(system).
};

/// Puts an object together that comes in pieces, in a folder of its own, and hands it to the store
/// if it is what it is called: its bytes are hashed as they are written. Nothing that its entries
/// say can lie elsewhere: folders and files are made first, links last.
class ObjectReceiver {
 public:
  /// `store` outlives it. The head is_sound(). `copy`: what any object of the store holds of its
  /// files is taken from there, hashed as it is copied, and equal files come once. Throws
  /// Error(system).
  ObjectReceiver(ObjectHead head, ObjectStore& store, const std::filesystem::path& scratch,
                 const CopyFromStore* copy = nullptr);

  [[nodiscard]] const ObjectHead& head() const { return head_; }

  /// The files whose bytes are to come, by the numbers of their entries.
  [[nodiscard]] std::vector<std::uint32_t> wanted() const;

  /// The next bytes of these. Throws Error(system): a full disk, or more bytes than announced.
  void add(std::string_view bytes);

  [[nodiscard]] bool is_complete() const { return next_ == head_.entries.size(); }

  /// Once it is complete. Throws Error(system) if it is another object than it is called.
  [[nodiscard]] StoredObject store();

 private:
  void make_inner_folders();
  void copy_files(const CopyFromStore& copy);
  void open_next();
  void make_links();
  [[noreturn]] void refuse() const;

  ObjectHead head_;  ///< Its entries get the hashes of what was written.
  ObjectStore& store_;
  TemporaryFolder folder_;
  std::filesystem::path content_;
  std::vector<char> is_made_;                 ///< Of the entries: a file that was copied.
  std::map<std::size_t, std::size_t> twins_;  ///< Files that are copied from an entry before them.
  std::size_t next_ = 0;                      ///< The entry whose bytes come now.
  Fd file_;
  std::uint64_t left_ = 0;        ///< Of its bytes.
  std::optional<Hasher> hasher_;  ///< Of its bytes, if they come in more than one piece.
};

}  // namespace mlpipe
