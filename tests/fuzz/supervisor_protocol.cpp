// Bytes between a driver and its supervisor, in pieces: frames that are taken are the encoding of
// what they are taken for.
#include "target/supervisor_protocol.h"

#include <algorithm>

#include "fuzz/fuzz_target.h"

namespace mlpipe::fuzz {

namespace {

void check_command(std::string_view frame) {
  try {
    const auto command = decode_command(frame);
    const auto again = std::visit([](const auto& each) { return encode(each); }, command);
    require(again == framed(frame), "a command decoded and encoded is the same");
  } catch (const ProtocolError&) {
  }
}

void check_event(std::string_view frame) {
  try {
    require(encode(decode_event(frame)) == framed(frame),
            "an event decoded and encoded is the same");
  } catch (const ProtocolError&) {
  }
}

}  // namespace

}  // namespace mlpipe::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace mlpipe;
  using namespace mlpipe::fuzz;
  const auto bytes = text_of(data, size);
  check_command(bytes);
  check_event(bytes);
  FrameReader reader;
  std::string_view rest = bytes;
  std::size_t seen = 0;
  try {
    while (!rest.empty()) {
      const auto piece = rest.substr(0, 1 + static_cast<std::size_t>(rest[0] & 15));
      reader.add(piece);
      rest.remove_prefix(piece.size());
      while (const auto frame = reader.next()) {
        seen += 4 + frame->size();
        check_command(*frame);
        check_event(*frame);
      }
    }
  } catch (const ProtocolError&) {
  }
  require(seen <= size, "frames are made of what came");
  return 0;
}
