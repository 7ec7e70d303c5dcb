#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mlpipe {

/// One instruction of a Python pickle.
struct PickleOp {
  std::uint8_t code = 0;
  std::string_view argument;  ///< Its bytes, without the length before them.
  std::uint64_t offset = 0;   ///< Of the instruction in the file.
};

/// Nothing is executed: the instructions are only read.
struct Pickle {
  int protocol = 0;
  std::vector<PickleOp> ops;  ///< Without framing, which only says how much to read at once.
};

/// A pickle of protocol 2 to 5. Nothing if the bytes are not one from the first to the last:
/// joblib's files, which have arrays between the instructions, are none. Nor if there are more than
/// some millions of instructions, for which there should be no need to look into a file.
[[nodiscard]] std::optional<Pickle> read_pickle(std::string_view bytes);

/// "BINFLOAT", "GLOBAL" …; the names of Python's pickletools.
[[nodiscard]] std::string pickle_op_name(std::uint8_t code);

/// The instruction's argument for people: "0.25", "'name'", "800 bytes".
[[nodiscard]] std::string pickle_argument_text(const PickleOp& op);

/// Whether it only remembers or fetches a value that was made before.
[[nodiscard]] bool is_memo_op(std::uint8_t code);

}  // namespace mlpipe
