#pragma once

#include <any>
#include <bit>
#include <chrono>
#include <concepts>
#include <cstdint>
#include <filesystem>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <unordered_map>
#include <utility>
#include <variant>
#include <vector>

#include "base/hash.h"
#include "base/shared.h"
#include "store/encoding.h"

namespace mlpipe {

/// Plain data as bytes and back, for the files that mlpipe keeps for itself. A struct says once, in
/// a function `fields(codec, value)` that argument-dependent lookup finds, which members it has:
///
///     void fields(auto& codec, FieldsOf<Segment> auto& segment) {
///       codec(segment.kind, segment.text);
///     }
///
/// Numbers take 8 bytes, little-endian; texts and paths their length in 4 before them; lists and
/// maps their size; a bool, an enum, whether an optional is there and which one of a variant it is
/// take a byte. What several share is written once: they share it again when it is read. What is
/// read is written as the same bytes again, or is not read.
template <class T, class Struct>
concept FieldsOf = std::same_as<std::remove_const_t<T>, Struct>;

/// An enum that can be read says with `largest(Enum{})` which of its values is the last.
template <class T>
concept CodedEnum = std::is_enum_v<T> && requires(T value) {
  { largest(value) } -> std::same_as<T>;
};

/// What is written of a Shared: one of these numbers, or how many were new before the one it is.
inline constexpr std::uint64_t shared_default = 0;
inline constexpr std::uint64_t shared_new = 1;  ///< The value follows.
inline constexpr std::uint64_t shared_known = 2;

/// What is put into it must live until take().
class FieldEncoder {
 public:
  template <class... Fields>
  void operator()(const Fields&... all) {
    (put(all), ...);
  }
  [[nodiscard]] std::string take() { return std::move(bytes_); }

 private:
  void put(const std::string& text) { append_text(bytes_, text); }
  void put(const std::filesystem::path& path) { append_text(bytes_, path.native()); }
  void put(const Hash& hash) { bytes_.append(hash.view()); }
  void put(bool value) { bytes_.push_back(value ? 1 : 0); }
  void put(double value) { put(std::bit_cast<std::uint64_t>(value)); }
  void put(std::chrono::seconds value) { put(value.count()); }
  void put(std::integral auto value) {
    append_number(bytes_, static_cast<std::uint64_t>(value), 8);
  }
  void put(CodedEnum auto value) { bytes_.push_back(static_cast<char>(value)); }
  template <class T>
  void put(const std::optional<T>& value) {
    put(value.has_value());
    if (value) put(*value);
  }
  template <class T>
  void put(const std::vector<T>& list) {
    put(list.size());
    for (const auto& each : list) put(each);
  }
  template <class Key, class Value>
  void put(const std::map<Key, Value>& map) {
    put(map.size());
    for (const auto& [key, value] : map) (*this)(key, value);
  }
  template <class First, class Second>
  void put(const std::pair<First, Second>& both) {
    (*this)(both.first, both.second);
  }
  template <class... Cases>
  void put(const std::variant<Cases...>& value) {
    bytes_.push_back(static_cast<char>(value.index()));
    std::visit([this](const auto& held) { (*this)(held); }, value);
  }
  template <class T>
  void put(const Shared<T>& value) {
    if (value.identity() == nullptr) return put(shared_default);
    const auto known = shared_.find(value.identity());
    if (known != shared_.end()) return put(shared_known + known->second);
    put(shared_new);
    put(*value);
    shared_.emplace(value.identity(), shared_.size());
  }
  template <class Struct>
  requires std::is_class_v<Struct>
  void put(const Struct& value) { fields(*this, value); }

  std::string bytes_;
  std::unordered_map<const void*, std::uint64_t> shared_;  ///< Those that were written, counted.
};

class FieldDecoder {
 public:
  explicit FieldDecoder(std::string_view bytes) : bytes_(bytes) {}

  template <class... Fields>
  void operator()(Fields&... all) {
    (get(all), ...);
  }
  /// Whether all were what a FieldEncoder writes, and nothing is left. Until that is known, what
  /// was read means nothing.
  [[nodiscard]] bool ended_well() const { return is_sound_ && bytes_.ok() && bytes_.left() == 0; }

 private:
  void get(std::string& text) { text = bytes_.text(); }
  void get(std::filesystem::path& path) { path = bytes_.text(); }
  void get(Hash& hash) { hash = bytes_.hash(); }
  void get(bool& value) { value = byte_up_to(1) == 1; }
  void get(double& value) { value = std::bit_cast<double>(bytes_.number(8)); }
  void get(std::chrono::seconds& value) {
    std::int64_t count = 0;
    get(count);
    value = std::chrono::seconds(count);
  }
  template <std::integral T>
  void get(T& value) {
    const auto number = bytes_.number(8);
    value = static_cast<T>(number);
    is_sound_ = is_sound_ && static_cast<std::uint64_t>(value) == number;
  }
  template <CodedEnum T>
  void get(T& value) {
    value = static_cast<T>(byte_up_to(static_cast<std::uint64_t>(largest(T{}))));
  }
  template <class T>
  void get(std::optional<T>& value) {
    if (byte_up_to(1) == 1) get(value.emplace());
  }
  template <class T>
  void get(std::vector<T>& list) {
    const auto size = bytes_.number(8);
    if (size <= bytes_.left()) list.reserve(size * sizeof(T) <= bytes_.left() * 16 ? size : 0);
    for (std::uint64_t i = 0; i < size && may_go_on(); ++i) get(list.emplace_back());
  }
  template <class Key, class Value>
  void get(std::map<Key, Value>& map) {
    const auto size = bytes_.number(8);
    for (std::uint64_t i = 0; i < size && may_go_on(); ++i) {
      Key key;
      get(key);
      if (!map.empty() && !(map.rbegin()->first < key)) is_sound_ = false;
      get(map.insert_or_assign(map.end(), std::move(key), Value())->second);
    }
  }
  template <class First, class Second>
  void get(std::pair<First, Second>& both) {
    (*this)(both.first, both.second);
  }
  template <class... Cases>
  void get(std::variant<Cases...>& value) {
    const auto index = byte_up_to(sizeof...(Cases) - 1);
    std::uint64_t at = 0;
    ((at++ == index ? get(value.template emplace<Cases>()) : void()), ...);
  }
  template <class T>
  void get(Shared<T>& value) {
    const auto which = bytes_.number(8);
    if (which == shared_default) return;
    if (which == shared_new) {
      get(value.edit());
      shared_.emplace_back(value);
      return;
    }
    const auto at = which - shared_known;
    const auto* known = at < shared_.size() ? std::any_cast<Shared<T>>(&shared_[at]) : nullptr;
    if (known != nullptr) value = *known;
    is_sound_ = is_sound_ && known != nullptr;
  }
  template <class Struct>
  requires(std::is_class_v<Struct>) void get(Struct& value) { fields(*this, value); }

  /// Whatever a size says, no more is made than there are bytes for.
  [[nodiscard]] bool may_go_on() const { return is_sound_ && bytes_.ok(); }

  std::uint64_t byte_up_to(std::uint64_t most) {
    const auto value = bytes_.number(1);
    if (value <= most) return value;
    is_sound_ = false;
    return 0;
  }

  ByteReader bytes_;
  bool is_sound_ = true;
  std::vector<std::any> shared_;  ///< Those that were new, each a Shared.
};

}  // namespace mlpipe
