#pragma once

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <stdexcept>
#include <string>
#include <vector>

#include "base/file.h"
#include "target/frame.h"

namespace mlpipe::test {

struct Pipe {
  Fd out;
  Fd in;

  Pipe() {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) throw std::runtime_error("no pipe");
    out = Fd(ends[0]);
    in = Fd(ends[1]);
  }
};

/// All bytes up to the end.
inline std::string all_of(const Fd& out) {
  std::string all;
  std::array<char, 4096> buffer{};
  for (ssize_t got = 0; (got = ::read(out.get(), buffer.data(), buffer.size())) > 0;)
    all.append(buffer.data(), static_cast<std::size_t>(got));
  return all;
}

/// All frames up to the end, without their lengths.
inline std::vector<std::string> frames_of(const Fd& out) {
  FrameReader reader;
  reader.add(all_of(out));
  std::vector<std::string> frames;
  while (const auto frame = reader.next()) frames.emplace_back(*frame);
  return frames;
}

}  // namespace mlpipe::test
