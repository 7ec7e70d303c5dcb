// Bytes between a driver and the helper on another machine: what is taken is the encoding of what
// it is taken for, and no object has an entry that could lie outside its folder.
#include "remote/protocol.h"

#include "fuzz/fuzz_target.h"

namespace mlpipe::fuzz {

namespace {

void check_head(const ObjectHead& head) {
  for (const auto& entry : head.entries) {
    const std::filesystem::path path = entry.path;
    require(path.is_relative() && path.lexically_normal() == path, "an entry stays inside",
            entry.path);
    for (const auto& name : path) require(name != "..", "no entry leads upwards", entry.path);
  }
}

void check_command(std::string_view frame) {
  try {
    const auto command = decode_helper_command(frame);
    if (const auto* bytes = std::get_if<ObjectBytes>(&command)) {
      require(encode_bytes(bytes->request, bytes->bytes) == framed(frame),
              "bytes stay what they are");
      require(framed(frame).starts_with(encode_bytes_head(bytes->request, bytes->bytes.size())),
              "a frame in two pieces is the same");
      return;
    }
    const auto& asked = std::get<HelperCommand>(command);
    if (const auto* object = std::get_if<PutObject>(&asked)) check_head(object->head);
    require(encode(asked) == framed(frame), "a command decoded and encoded is the same");
  } catch (const ProtocolError&) {
  }
}

void check_news(std::string_view frame) {
  try {
    const auto news = decode_helper_news(frame);
    if (const auto* object = std::get_if<ObjectComes>(&news)) check_head(object->head);
    require(encode(news) == framed(frame), "news decoded and encoded are the same");
  } catch (const ProtocolError&) {
  }
}

template <class Decode, class Encode>
void check_answer(std::string_view bytes, const Decode& decode, const Encode& encode) {
  try {
    require(encode(decode(bytes)) == bytes, "an answer decoded and encoded is the same");
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
  check_news(bytes);
  check_answer(bytes, decode_hashes, encode_hashes);
  check_answer(bytes, decode_taken, encode_taken);
  check_answer(bytes, decode_interpreter, encode_interpreter);
  check_answer(bytes, decode_place, encode_place);
  check_answer(bytes, decode_collected, encode_collected);
  check_answer(bytes, decode_state, encode_state);
  return 0;
}
