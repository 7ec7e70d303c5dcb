#include "remote/frame_channel.h"

#include <fcntl.h>

#include <csignal>

#include "support/catch.h"
#include "support/pipe.h"

namespace mlpipe {
namespace {

/// A file, and a place to send it to.
struct Sending {
  TemporaryFolder folder;
  std::filesystem::path source = folder.path() / "source";

  [[nodiscard]] Fd source_with(const std::string& content) const {
    write_file_atomically(source, content);
    return open_file(source, O_RDONLY);
  }
};

}  // namespace

TEST_CASE("a piece of a file goes out after its head, from where the file stands", "[remote]") {
  const Sending sending;
  const auto file = sending.source_with("skipped, sent, and not");
  ::lseek(file.get(), 9, SEEK_SET);
  test::Pipe pipe;
  FrameChannel channel(std::move(pipe.in));
  CHECK(channel.send("head ", file, 4));
  CHECK(channel.send("next ", file, 5));
  channel.close();
  CHECK(test::all_of(pipe.out) == "head sentnext , and");
}

TEST_CASE("zeros stand for what a file lacks, so that the frame is whole", "[remote]") {
  const Sending sending;
  const auto file = sending.source_with("abc");
  test::Pipe pipe;
  FrameChannel channel(std::move(pipe.in));
  CHECK(channel.send("head ", file, 6));
  CHECK(channel.send("next"));
  channel.close();
  CHECK(test::all_of(pipe.out) == "head abc" + std::string(3, '\0') + "next");
}

TEST_CASE("a piece of a file goes to what is no pipe, too", "[remote]") {
  const Sending sending;
  const std::string content(200'000, 'x');
  const auto file = sending.source_with(content);
  const auto there = sending.folder.path() / "there";
  FrameChannel channel(open_file(there, O_WRONLY | O_CREAT));
  CHECK(channel.send("head ", file, content.size()));
  channel.close();
  CHECK(read_file(there) == "head " + content);
}

TEST_CASE("nothing is sent to one who is gone", "[remote]") {
  const Sending sending;
  const auto file = sending.source_with("abc");
  test::Pipe pipe;
  FrameChannel channel(std::move(pipe.in));
  ::signal(SIGPIPE, SIG_IGN);  // as every program of ours does
  pipe.out.reset();
  CHECK_FALSE(channel.send("head ", file, 3));
  CHECK_FALSE(channel.send("next"));
}

}  // namespace mlpipe
