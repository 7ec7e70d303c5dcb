#include "remote/object_transfer.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/text.h"
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

ObjectReceiver::ObjectReceiver(ObjectHead head, ObjectStore& store, const fs::path& scratch)
    : head_(std::move(head)),
      store_(store),
      folder_(scratch),
      content_(folder_.path() / "content") {
  if (::mkdir(content_.c_str(), 0700) != 0)
    fail_errno(errno, fmt::format("cannot make '{}'", printable(content_.native())));
  open_next();
}

/// Make all that has no bytes, up to the next file that has.
void ObjectReceiver::open_next() {
  for (; next_ < head_.entries.size(); ++next_) {
    auto& entry = head_.entries[next_];
    const auto path = content_ / entry.path;
    if (entry.kind == FileKind::folder && ::mkdir(path.c_str(), 0700) != 0)
      fail_errno(errno, fmt::format("cannot make '{}'", printable(path.native())));
    if (entry.kind != FileKind::file) continue;
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
