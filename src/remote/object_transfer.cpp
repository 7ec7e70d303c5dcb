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
#include "store/tree_hash.h"

namespace mlpipe {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t piece_bytes = std::size_t{256} << 10U;

/// Gathers bytes and hands them out in pieces.
class Pieces {
 public:
  explicit Pieces(const std::function<void(std::string_view)>& piece)
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

  void flush() {
    if (filled_ > 0) piece_(std::string_view(buffer_).substr(0, filled_));
    filled_ = 0;
  }

 private:
  const std::function<void(std::string_view)>& piece_;
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

void read_object(const ObjectToSend& object, const std::function<void(std::string_view)>& piece) {
  Pieces pieces(piece);
  for (const auto& entry : object.head.entries) {
    if (entry.kind != FileKind::file || entry.size == 0) continue;
    const auto path = object.root / entry.path;
    pieces.read(open_file(path, O_RDONLY), entry.size, path);
  }
  pieces.flush();
}

ObjectReceiver::ObjectReceiver(ObjectHead head, ObjectStore& store, const fs::path& scratch)
    : head_(std::move(head)),
      store_(store),
      folder_(scratch),
      content_(folder_.path() / "received") {
  if (::mkdir(content_.c_str(), 0700) != 0)
    fail_errno(errno, fmt::format("cannot make '{}'", printable(content_.native())));
  open_next();
}

/// Make all that has no bytes, up to the next file that has.
void ObjectReceiver::open_next() {
  for (; next_ < head_.entries.size(); ++next_) {
    const auto& entry = head_.entries[next_];
    const auto path = content_ / entry.path;
    if (entry.kind == FileKind::folder && ::mkdir(path.c_str(), 0700) != 0)
      fail_errno(errno, fmt::format("cannot make '{}'", printable(path.native())));
    if (entry.kind != FileKind::file) continue;
    file_ =
        open_file(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, entry.executable ? 0755U : 0644U);
    left_ = entry.size;
    if (left_ > 0) return;
    file_.reset();
  }
}

void ObjectReceiver::add(std::string_view bytes) {
  while (!bytes.empty()) {
    if (is_complete()) fail(ErrorKind::system, "an object is longer than was said");
    const auto taken = bytes.substr(0, std::min<std::uint64_t>(bytes.size(), left_));
    write_all(file_.get(), taken, content_ / head_.entries[next_].path);
    bytes.remove_prefix(taken.size());
    left_ -= taken.size();
    if (left_ > 0) continue;
    file_.reset();
    ++next_;
    open_next();
  }
}

StoredObject ObjectReceiver::store() {
  for (const auto& entry : head_.entries) {
    const auto path = content_ / entry.path;
    if (entry.kind == FileKind::link && ::symlink(entry.link.c_str(), path.c_str()) != 0)
      fail_errno(errno, fmt::format("cannot make the link '{}'", printable(path.native())));
  }
  auto stored = store_.add_output(head_.is_file ? content_ / head_.entries.front().path : content_);
  if (stored.id != head_.id)
    fail(ErrorKind::system,
         "what came is not the object {}: it was changed where it came from, or on the way",
         head_.id.hex());
  return stored;
}

}  // namespace mlpipe
