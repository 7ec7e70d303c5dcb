#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <charconv>
#include <cmath>
#include <cstring>
#include <limits>

#include "base/text.h"
#include "store/encoding.h"
#include "store/format_difference.h"

// numpy's .npy: "\x93NUMPY", version (2 bytes), length of the header (2 bytes; 4 from version 2
// on), the header: a Python dictionary with 'descr', 'fortran_order', 'shape'; then the elements.

namespace mlpipe {

namespace {

struct NpyArray {
  std::string_view type;  ///< "<f8"; of a structured type the whole list.
  bool by_columns = false;
  std::vector<std::uint64_t> shape;
  std::string_view shape_text;
  std::string_view elements;

  /// Bytes of an element of a plain type; 0: not known.
  [[nodiscard]] std::size_t element_size() const {
    if (type.size() < 3 || std::string_view("<>|=").find(type[0]) == std::string_view::npos)
      return 0;
    std::size_t count = 0;
    const auto* end = type.data() + type.size();
    if (std::from_chars(type.data() + 2, end, count).ptr == type.data() + 2) return 0;
    constexpr std::size_t character = 4;
    return type[1] == 'U' ? count * character : type[1] == 'O' ? 0 : count;
  }
};

/// The value of a key in the header, up to the comma that ends it.
std::string_view header_value(std::string_view header, std::string_view key) {
  const auto at = header.find(key);
  if (at == std::string_view::npos) return {};
  std::string_view rest = header.substr(at + key.size());
  rest.remove_prefix(std::min(rest.find_first_not_of(" :"), rest.size()));
  int depth = 0;
  for (std::size_t i = 0; i < rest.size(); ++i) {
    if (rest[i] == '(' || rest[i] == '[') ++depth;
    if (rest[i] == ')' || rest[i] == ']') --depth;
    if ((rest[i] == ',' && depth == 0) || rest[i] == '}') return trim(rest.substr(0, i));
  }
  return {};
}

std::optional<NpyArray> read_npy(std::string_view bytes) {
  if (!bytes.starts_with("\x93NUMPY")) return std::nullopt;
  ByteReader reader(bytes.substr(6));
  const auto version = reader.number(1);
  (void)reader.number(1);
  const auto header = reader.bytes(reader.number(version == 1 ? 2 : 4));
  if (!reader.ok()) return std::nullopt;
  NpyArray array;
  array.type = header_value(header, "'descr'");
  if (array.type.size() >= 2 && array.type.front() == '\'')
    array.type = array.type.substr(1, array.type.size() - 2);
  array.by_columns = header_value(header, "'fortran_order'") == "True";
  array.shape_text = header_value(header, "'shape'");
  if (array.type.empty() || array.shape_text.empty()) return std::nullopt;
  for (const auto part : split(array.shape_text, ',')) {
    const auto digits = part.find_first_of("0123456789");
    if (digits == std::string_view::npos) continue;
    std::uint64_t length = 0;
    const auto [end, error] =
        std::from_chars(part.data() + digits, part.data() + part.size(), length);
    if (error != std::errc()) return std::nullopt;
    array.shape.push_back(length);
  }
  array.elements = bytes.substr(bytes.size() - reader.left());
  return array;
}

/// "[2, 0]" of the element at a place in the file.
std::string index_text(const NpyArray& array, std::uint64_t place) {
  std::vector<std::uint64_t> index(array.shape.size());
  for (std::size_t i = 0; i < index.size(); ++i) {
    const auto axis = array.by_columns ? i : index.size() - 1 - i;
    index[axis] = place % array.shape[axis];
    place /= array.shape[axis];
  }
  return fmt::format("[{}]", fmt::join(index, ", "));
}

std::string in_native_order(std::string_view type, std::string_view element) {
  std::string bytes(element);
  const bool is_big = type[0] == '>';
  if (is_big == (std::endian::native == std::endian::little) && type[0] != '|')
    std::reverse(bytes.begin(), bytes.end());
  return bytes;
}

template <class Number>
Number number_of(const std::string& bytes) {
  Number number{};
  std::memcpy(&number, bytes.data(), sizeof number);
  return number;
}

/// A float's value; not a number for other types.
double float_of(std::string_view type, std::string_view element) {
  const auto kind = type.substr(1);
  if (kind == "f8") return number_of<double>(in_native_order(type, element));
  if (kind == "f4") return static_cast<double>(number_of<float>(in_native_order(type, element)));
  return std::numeric_limits<double>::quiet_NaN();
}

std::string element_text(std::string_view type, std::string_view element) {
  const auto kind = type.substr(1);
  const std::string bytes = in_native_order(type, element);
  if (kind == "f8") return fmt::format("{}", number_of<double>(bytes));
  if (kind == "f4") return fmt::format("{}", number_of<float>(bytes));
  if (kind == "i8") return fmt::format("{}", number_of<std::int64_t>(bytes));
  if (kind == "i4") return fmt::format("{}", number_of<std::int32_t>(bytes));
  if (kind == "i2") return fmt::format("{}", number_of<std::int16_t>(bytes));
  if (kind == "i1") return fmt::format("{}", static_cast<int>(number_of<std::int8_t>(bytes)));
  if (kind == "u8") return fmt::format("{}", number_of<std::uint64_t>(bytes));
  if (kind == "u4") return fmt::format("{}", number_of<std::uint32_t>(bytes));
  if (kind == "u2") return fmt::format("{}", number_of<std::uint16_t>(bytes));
  if (kind == "u1") return fmt::format("{}", static_cast<unsigned>(number_of<std::uint8_t>(bytes)));
  if (kind == "b1") return bytes[0] != 0 ? "True" : "False";
  return {};
}

std::vector<std::string> element_lines(const NpyArray& before, const NpyArray& now,
                                       std::size_t size) {
  const auto count = before.elements.size() / size;
  std::uint64_t differing = 0;
  std::uint64_t first = 0;
  double largest = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const auto a = before.elements.substr(i * size, size);
    const auto b = now.elements.substr(i * size, size);
    if (a == b) continue;
    if (differing++ == 0) first = i;
    const double apart = std::abs(float_of(before.type, a) - float_of(before.type, b));
    if (apart > largest) largest = apart;  // never of what is not a number
  }
  const auto a = element_text(before.type, before.elements.substr(first * size, size));
  const auto b = element_text(before.type, now.elements.substr(first * size, size));
  std::vector<std::string> lines = {
      fmt::format("{} of {} of type {} {}, first {}{}", differing, counted(count, "element"),
                  before.type, differing == 1 ? "differs" : "differ", index_text(before, first),
                  a.empty() ? "" : fmt::format(": {} before, {} now", a, b))};
  if (largest > 0) lines.push_back(fmt::format("they are at most {} apart", largest));
  return lines;
}

std::uint64_t element_count(const NpyArray& array) {
  std::uint64_t count = 1;
  for (const auto length : array.shape)
    if (__builtin_mul_overflow(count, length, &count)) return 0;
  return count;
}

}  // namespace

std::optional<FormatDifference> npy_difference(std::string_view before, std::string_view now) {
  const auto first = read_npy(before);
  const auto second = read_npy(now);
  if (!first || !second) return std::nullopt;
  FormatDifference difference{.format = "npy"};
  auto& lines = difference.lines;
  if (first->type != second->type)
    lines.push_back(fmt::format("the element type: {} before, {} now", printable(first->type),
                                printable(second->type)));
  if (first->shape != second->shape)
    lines.push_back(fmt::format("the shape: {} before, {} now", printable(first->shape_text),
                                printable(second->shape_text)));
  if (first->by_columns != second->by_columns)
    lines.push_back(fmt::format("the order: by {} before, by {} now",
                                first->by_columns ? "columns" : "rows",
                                second->by_columns ? "columns" : "rows"));
  if (!lines.empty()) return difference;
  if (first->elements == second->elements) {
    difference.same_content = true;
    lines.emplace_back("the array is the same: only the header is written in another way");
    return difference;
  }
  const auto size = first->element_size();
  const auto expected = size * element_count(*first);
  if (size == 0 || expected == 0 || first->elements.size() != expected ||
      second->elements.size() != expected) {
    lines.push_back(fmt::format("type {} and shape {} are the same, the elements differ",
                                printable(first->type), printable(first->shape_text)));
    return difference;
  }
  lines = element_lines(*first, *second, size);
  return difference;
}

}  // namespace mlpipe
