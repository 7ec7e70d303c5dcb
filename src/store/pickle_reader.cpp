#include "store/pickle_reader.h"

#include <fmt/format.h>

#include <array>
#include <bit>

#include "base/text.h"
#include "store/encoding.h"

// The instructions are those of Lib/pickletools.py. Numbers are little-endian but for BINFLOAT.

namespace mlpipe {

namespace {

/// What follows an instruction.
enum class Argument : std::uint8_t {
  none,
  bytes_1,
  bytes_2,
  bytes_4,
  bytes_8,
  line,  ///< Up to a newline.
  two_lines,
  counted_1,  ///< That many bytes, their number in 1 byte before them.
  counted_4,
  counted_8,
};

struct OpKind {
  std::uint8_t code;
  Argument argument;
  std::string_view name;
};

constexpr std::array op_kinds = {
    OpKind{'I', Argument::line, "INT"},
    OpKind{'J', Argument::bytes_4, "BININT"},
    OpKind{'K', Argument::bytes_1, "BININT1"},
    OpKind{'M', Argument::bytes_2, "BININT2"},
    OpKind{'L', Argument::line, "LONG"},
    OpKind{0x8a, Argument::counted_1, "LONG1"},
    OpKind{0x8b, Argument::counted_4, "LONG4"},
    OpKind{'S', Argument::line, "STRING"},
    OpKind{'T', Argument::counted_4, "BINSTRING"},
    OpKind{'U', Argument::counted_1, "SHORT_BINSTRING"},
    OpKind{'B', Argument::counted_4, "BINBYTES"},
    OpKind{'C', Argument::counted_1, "SHORT_BINBYTES"},
    OpKind{0x8e, Argument::counted_8, "BINBYTES8"},
    OpKind{0x96, Argument::counted_8, "BYTEARRAY8"},
    OpKind{0x97, Argument::none, "NEXT_BUFFER"},
    OpKind{0x98, Argument::none, "READONLY_BUFFER"},
    OpKind{'N', Argument::none, "NONE"},
    OpKind{0x88, Argument::none, "NEWTRUE"},
    OpKind{0x89, Argument::none, "NEWFALSE"},
    OpKind{'V', Argument::line, "UNICODE"},
    OpKind{0x8c, Argument::counted_1, "SHORT_BINUNICODE"},
    OpKind{'X', Argument::counted_4, "BINUNICODE"},
    OpKind{0x8d, Argument::counted_8, "BINUNICODE8"},
    OpKind{'F', Argument::line, "FLOAT"},
    OpKind{'G', Argument::bytes_8, "BINFLOAT"},
    OpKind{']', Argument::none, "EMPTY_LIST"},
    OpKind{'a', Argument::none, "APPEND"},
    OpKind{'e', Argument::none, "APPENDS"},
    OpKind{'l', Argument::none, "LIST"},
    OpKind{')', Argument::none, "EMPTY_TUPLE"},
    OpKind{'t', Argument::none, "TUPLE"},
    OpKind{0x85, Argument::none, "TUPLE1"},
    OpKind{0x86, Argument::none, "TUPLE2"},
    OpKind{0x87, Argument::none, "TUPLE3"},
    OpKind{'}', Argument::none, "EMPTY_DICT"},
    OpKind{'d', Argument::none, "DICT"},
    OpKind{'s', Argument::none, "SETITEM"},
    OpKind{'u', Argument::none, "SETITEMS"},
    OpKind{0x8f, Argument::none, "EMPTY_SET"},
    OpKind{0x90, Argument::none, "ADDITEMS"},
    OpKind{0x91, Argument::none, "FROZENSET"},
    OpKind{'0', Argument::none, "POP"},
    OpKind{'2', Argument::none, "DUP"},
    OpKind{'(', Argument::none, "MARK"},
    OpKind{'1', Argument::none, "POP_MARK"},
    OpKind{'g', Argument::line, "GET"},
    OpKind{'h', Argument::bytes_1, "BINGET"},
    OpKind{'j', Argument::bytes_4, "LONG_BINGET"},
    OpKind{'p', Argument::line, "PUT"},
    OpKind{'q', Argument::bytes_1, "BINPUT"},
    OpKind{'r', Argument::bytes_4, "LONG_BINPUT"},
    OpKind{0x94, Argument::none, "MEMOIZE"},
    OpKind{0x82, Argument::bytes_1, "EXT1"},
    OpKind{0x83, Argument::bytes_2, "EXT2"},
    OpKind{0x84, Argument::bytes_4, "EXT4"},
    OpKind{'c', Argument::two_lines, "GLOBAL"},
    OpKind{0x93, Argument::none, "STACK_GLOBAL"},
    OpKind{'R', Argument::none, "REDUCE"},
    OpKind{'b', Argument::none, "BUILD"},
    OpKind{'i', Argument::two_lines, "INST"},
    OpKind{'o', Argument::none, "OBJ"},
    OpKind{0x81, Argument::none, "NEWOBJ"},
    OpKind{0x92, Argument::none, "NEWOBJ_EX"},
    OpKind{0x80, Argument::bytes_1, "PROTO"},
    OpKind{'.', Argument::none, "STOP"},
    OpKind{0x95, Argument::bytes_8, "FRAME"},
    OpKind{'P', Argument::line, "PERSID"},
    OpKind{'Q', Argument::none, "BINPERSID"},
};

constexpr std::uint8_t proto = 0x80;
constexpr std::uint8_t frame = 0x95;

const OpKind* kind_of(std::uint8_t code) {
  static const auto table = [] {
    std::array<const OpKind*, 256> all{};
    for (const auto& kind : op_kinds) all.at(kind.code) = &kind;
    return all;
  }();
  return table.at(code);
}

/// The text up to the newline, which is taken too; nothing if there is none.
std::optional<std::string_view> take_line(std::string_view bytes, std::size_t start, int lines) {
  std::size_t end = start;
  for (int i = 0; i < lines; ++i) {
    const auto found = bytes.find('\n', i == 0 ? end : end + 1);
    if (found == std::string_view::npos) return std::nullopt;
    end = found;
  }
  return bytes.substr(start, end - start);
}

/// Takes the argument off at `at`; false if the bytes end before it does.
bool take_argument(std::string_view bytes, std::size_t& at, Argument kind,
                   std::string_view& argument) {
  ByteReader reader(bytes.substr(at));
  switch (kind) {
    case Argument::none:
      break;
    case Argument::bytes_1:
      argument = reader.bytes(1);
      break;
    case Argument::bytes_2:
      argument = reader.bytes(2);
      break;
    case Argument::bytes_4:
      argument = reader.bytes(4);
      break;
    case Argument::bytes_8:
      argument = reader.bytes(8);
      break;
    case Argument::line:
    case Argument::two_lines: {
      const auto line = take_line(bytes, at, kind == Argument::line ? 1 : 2);
      if (!line) return false;
      argument = *line;
      at += line->size() + 1;
      return true;
    }
    case Argument::counted_1:
      argument = reader.bytes(reader.number(1));
      break;
    case Argument::counted_4:
      argument = reader.bytes(reader.number(4));
      break;
    case Argument::counted_8:
      argument = reader.bytes(reader.number(8));
      break;
  }
  at = bytes.size() - reader.left();
  return reader.ok();
}

/// A number of up to 8 bytes in two's complement.
std::int64_t signed_number(std::string_view bytes) {
  std::uint64_t value = !bytes.empty() && (bytes.back() & 0x80) != 0 ? ~std::uint64_t{0} : 0;
  for (std::size_t i = bytes.size(); i-- > 0;)
    value = (value << 8U) | static_cast<std::uint8_t>(bytes[i]);
  return static_cast<std::int64_t>(value);
}

double big_endian_double(std::string_view bytes) {
  std::uint64_t value = 0;
  for (const char byte : bytes) value = (value << 8U) | static_cast<std::uint8_t>(byte);
  return std::bit_cast<double>(value);
}

std::string short_text(std::string_view text) {
  constexpr std::size_t most = 60;
  return fmt::format("'{}'{}", printable(text.substr(0, most)), text.size() > most ? "..." : "");
}

}  // namespace

std::optional<Pickle> read_pickle(std::string_view bytes) {
  constexpr std::uint8_t first_protocol = 2;
  constexpr std::uint8_t last_protocol = 5;
  constexpr std::size_t most_ops = 5'000'000;
  if (bytes.size() < 3 || static_cast<std::uint8_t>(bytes[0]) != proto) return std::nullopt;
  const auto protocol = static_cast<std::uint8_t>(bytes[1]);
  if (protocol < first_protocol || protocol > last_protocol) return std::nullopt;
  Pickle pickle{.protocol = protocol};
  std::size_t at = 0;
  while (at < bytes.size()) {
    PickleOp op{.code = static_cast<std::uint8_t>(bytes[at]), .offset = at};
    const auto* kind = kind_of(op.code);
    if (kind == nullptr) return std::nullopt;
    ++at;
    if (!take_argument(bytes, at, kind->argument, op.argument)) return std::nullopt;
    if (op.code == '.') return at == bytes.size() ? std::optional(std::move(pickle)) : std::nullopt;
    if (op.code != frame && op.code != proto) pickle.ops.push_back(op);
    if (pickle.ops.size() > most_ops) return std::nullopt;
  }
  return std::nullopt;
}

std::string pickle_op_name(std::uint8_t code) {
  const auto* kind = kind_of(code);
  return kind == nullptr ? fmt::format("0x{:02x}", code) : std::string(kind->name);
}

std::string pickle_argument_text(const PickleOp& op) {
  switch (op.code) {
    case 'G':
      return fmt::format("{}", big_endian_double(op.argument));
    case 'J':
      return fmt::format("{}", signed_number(op.argument));
    case 0x8a:
      if (op.argument.size() > sizeof(std::int64_t)) break;
      return fmt::format("{}", signed_number(op.argument));
    case 'K':
    case 'M': {
      ByteReader reader(op.argument);
      return fmt::format("{}", reader.number(static_cast<unsigned>(op.argument.size())));
    }
    case 'X':
    case 'V':
    case 'c':
    case 'I':
    case 'L':
    case 'F':
    case 0x8c:
    case 0x8d:
      return short_text(op.argument);
    default:
      break;
  }
  return fmt::format("{} bytes", op.argument.size());
}

bool is_memo_op(std::uint8_t code) {
  constexpr std::uint8_t memoize = 0x94;
  return code == memoize ||
         std::string_view("ghjpqr").find(static_cast<char>(code)) != std::string_view::npos;
}

}  // namespace mlpipe
