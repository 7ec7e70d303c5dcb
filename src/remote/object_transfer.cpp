#include "remote/object_transfer.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/error.h"
#include "base/text.h"
#include "store/file_hash.h"
#include "store/filesystem_kind.h"
#include "store/tree_hash.h"
#include "store/walk.h"

namespace mlpipe {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t piece_bytes = std::size_t{256} << 10U;

/// Gathers bytes and hands them out in pieces.
class Pieces {
 public:
  explicit Pieces(const std::function<void(const ObjectPiece&)>& piece)
      : piece_(piece), buffer_(piece_bytes, '\0') {}

  /// Read so many bytes of a file to its end.
  void read(const Fd& file, std::uint64_t size, const fs::path& path) {
    for (std::uint64_t left = size; left > 0;) {
      const auto most = std::min<std::uint64_t>(buffer_.size() - filled_, left);
      const auto got = ::read(file.get(), buffer_.data() + filled_, most);
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) fail_errno(errno, fmt::format("cannot read '{}'", printable(path.native())));
      if (got == 0)
        fail(ErrorKind::system, "'{}' has become shorter while it was sent",
             printable(path.native()));
      filled_ += static_cast<std::size_t>(got);
      left -= static_cast<std::uint64_t>(got);
      if (filled_ == buffer_.size()) flush();
    }
  }

  /// The same of a file that is handed out as it is.
  void pass_on(const Fd& file, std::uint64_t size) {
    flush();
    for (std::uint64_t left = size; left > 0;) {
      const auto bytes = std::min<std::uint64_t>(piece_bytes, left);
      piece_({.file = &file, .file_bytes = bytes});
      left -= bytes;
    }
  }

  void flush() {
    if (filled_ > 0) piece_({.bytes = std::string_view(buffer_).substr(0, filled_)});
    filled_ = 0;
  }

 private:
  const std::function<void(const ObjectPiece&)>& piece_;
  std::string buffer_;
  std::size_t filled_ = 0;
};

}  // namespace

ObjectToSend object_in(const ObjectStore& store, const Hash& id, bool is_file) {
  return {.head = {.id = id, .is_file = is_file, .entries = store.entries(id)},
          .root = store.content_folder(id)};
}

ObjectToSend object_at(const fs::path& path, const Contents& contents) {
  ObjectToSend object{.root = path};
  if (contents.kind == FileKind::file) {
    object.root = path.parent_path();
    object.head.is_file = true;
    object.head.entries = {{.path = path.filename().native(),
                            .kind = FileKind::file,
                            .executable = contents.executable,
                            .size = contents.bytes,
                            .hash = contents.hash,
                            .link = {}}};
  } else {
    object.head.entries = contents.entries;
  }
  object.head.id = hash_tree(object.head.entries);
  return object;
}

bool is_worth_asking(const ObjectHead& head) {
  constexpr std::uint64_t least_bytes = std::uint64_t{64} << 10U;
  std::uint64_t bytes = 0;
  for (const auto& entry : head.entries)
    if (entry.kind == FileKind::file) bytes += std::min(entry.size, least_bytes);
  return bytes >= least_bytes;
}

ObjectToSend part_of(const ObjectToSend& object, const std::vector<std::uint32_t>& files) {
  ObjectToSend part{.root = object.root};
  part.head.entries.reserve(files.size());
  for (const auto number : files) {
    if (number >= object.head.entries.size() || object.head.entries[number].kind != FileKind::file)
      fail(ErrorKind::system, "the object {} has no file of the number {}", object.head.id.hex(),
           number);
    part.head.entries.push_back(object.head.entries[number]);
  }
  return part;
}

void read_object(const ObjectToSend& object, const std::function<void(const ObjectPiece&)>& piece) {
  Pieces pieces(piece);
  for (const auto& entry : object.head.entries) {
    if (entry.kind != FileKind::file || entry.size == 0) continue;
    const auto path = object.root / entry.path;
    const auto file = open_file(path, O_RDONLY);
    // The channel must not wait for a file server while nobody else can send.
    if (entry.size < piece_bytes || on_network_filesystem(path)) {
      pieces.read(file, entry.size, path);
      continue;
    }
    struct stat look {};
    if (::fstat(file.get(), &look) != 0 || to_file_stat(look).size != entry.size)
      fail(ErrorKind::system, "'{}' has changed before it was sent", printable(path.native()));
    pieces.pass_on(file, entry.size);
  }
  pieces.flush();
}

bool send_piece(FrameChannel& channel, RequestId request, const ObjectPiece& piece) {
  const auto head = encode_bytes_head(request, piece.size());
  return piece.file != nullptr ? channel.send(head, *piece.file, piece.file_bytes)
                               : channel.send(head, piece.bytes);
}

namespace {

void make_empty_folder(const fs::path& path) {
  if (::mkdir(path.c_str(), 0700) != 0)
    fail_errno(errno, fmt::format("cannot make '{}'", printable(path.native())));
}

/// False if what was copied is not the file of that entry.
bool copy_same(const fs::path& from, const fs::path& to, const TreeEntry& entry) {
  const auto copy = copy_and_hash(from, to, true);
  return copy.hash == entry.hash && copy.bytes == entry.size;
}

/// False too if it cannot be copied: it comes from the other side then, and where this disk is
/// full, that tells so.
bool try_copy_same(const fs::path& from, const fs::path& to, const TreeEntry& entry) {
  try {
    if (copy_same(from, to, entry)) return true;
  } catch (const Error&) {  // NOLINT(bugprone-empty-catch)
  }
  ::unlink(to.c_str());
  return false;
}

}  // namespace

ObjectReceiver::ObjectReceiver(ObjectHead head, ObjectStore& store, const fs::path& scratch,
                               const CopyFromStore* copy)
    : head_(std::move(head)),
      store_(store),
      folder_(scratch),
      content_(folder_.path() / "content"),
      is_made_(head_.entries.size(), 0) {
  make_inner_folders();
  if (copy != nullptr) copy_files(*copy);
  open_next();
}

void ObjectReceiver::make_inner_folders() {
  make_empty_folder(content_);
  for (const auto& entry : head_.entries)
    if (entry.kind == FileKind::folder) make_empty_folder(content_ / entry.path);
}

void ObjectReceiver::copy_files(const CopyFromStore& copy) {
  const auto places = store_.find_files(head_.entries);
  std::vector<std::size_t> found;
  for (std::size_t i = 0; i < places.size(); ++i)
    if (!places[i].empty()) found.push_back(i);
  run_each(copy.pool, found.size(), [&](std::size_t i) {
    if (!copy.goes_on()) fail(ErrorKind::system, "nobody waits for it any more");
    const auto& entry = head_.entries[found[i]];
    if (try_copy_same(places[found[i]], content_ / entry.path, entry)) is_made_[found[i]] = 1;
  });
  std::unordered_map<Hash, std::size_t, HashOfHash> first;
  for (std::size_t i = 0; i < head_.entries.size(); ++i) {
    const auto& entry = head_.entries[i];
    if (entry.kind != FileKind::file || entry.size == 0 || is_made_[i] != 0) continue;
    const auto [same, is_first] = first.try_emplace(entry.hash, i);
    if (!is_first) twins_.emplace(i, same->second);
  }
}

std::vector<std::uint32_t> ObjectReceiver::wanted() const {
  std::vector<std::uint32_t> files;
  for (std::size_t i = 0; i < head_.entries.size(); ++i)
    if (head_.entries[i].kind == FileKind::file && head_.entries[i].size > 0 && is_made_[i] == 0 &&
        !twins_.contains(i))
      files.push_back(static_cast<std::uint32_t>(i));
  return files;
}

/// Make the files that have no bytes, up to the next one that comes.
void ObjectReceiver::open_next() {
  for (; next_ < head_.entries.size(); ++next_) {
    auto& entry = head_.entries[next_];
    if (entry.kind != FileKind::file || is_made_[next_] != 0) continue;
    const auto path = content_ / entry.path;
    if (const auto twin = twins_.find(next_); twin != twins_.end()) {
      if (!copy_same(content_ / head_.entries[twin->second].path, path, entry)) refuse();
      continue;
    }
    file_ = open_file(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0600);
    // As the store wants it: by name that takes twice as long.
    if (::fchmod(file_.get(), entry.executable ? 0555 : 0444) != 0)
      fail_errno(errno, fmt::format("cannot write '{}'", printable(path.native())));
    left_ = entry.size;
    if (left_ > 0) return;
    entry.hash = hash_bytes({});
    file_.reset();
  }
}

void ObjectReceiver::add(std::string_view bytes) {
  while (!bytes.empty()) {
    if (is_complete()) fail(ErrorKind::system, "an object is longer than was said");
    auto& entry = head_.entries[next_];
    const auto taken = bytes.substr(0, std::min<std::uint64_t>(bytes.size(), left_));
    write_all(file_.get(), taken, content_ / entry.path);
    bytes.remove_prefix(taken.size());
    left_ -= taken.size();
    const bool is_whole = taken.size() == entry.size;
    if (!is_whole) {
      if (!hasher_) hasher_.emplace();
      hasher_->add(taken);
      if (left_ > 0) continue;
    }
    entry.hash = is_whole ? hash_bytes(taken) : hasher_->finish();
    hasher_.reset();
    file_.reset();
    ++next_;
    open_next();
  }
}

/// None may need what the store does to links of outputs: they were in a store, or are as if.
void ObjectReceiver::make_links() {
  bool has_links = false;
  for (auto& entry : head_.entries) {
    if (entry.kind != FileKind::link) continue;
    const auto path = content_ / entry.path;
    if (::symlink(entry.link.c_str(), path.c_str()) != 0)
      fail_errno(errno, fmt::format("cannot make the link '{}'", printable(path.native())));
    entry.hash = hash_bytes(entry.link);
    has_links = true;
  }
  if (!has_links) return;
  auto walk = walk_tree(content_, {});
  for_each_item(walk, [this](const WalkedFolder&, const WalkedItem& item) {
    if (item.replaced) refuse();
  });
}

void ObjectReceiver::refuse() const {
  fail(ErrorKind::system,
       "what came is not the object {}: it was changed where it came from, or on the way",
       head_.id.hex());
}

StoredObject ObjectReceiver::store() {
  if (!is_complete()) refuse();
  make_links();
  if (hash_tree(head_.entries) != head_.id) refuse();
  return store_.add_written(folder_.path(), head_.is_file ? FileKind::file : FileKind::folder,
                            std::move(head_.entries));
}

}  // namespace mlpipe
