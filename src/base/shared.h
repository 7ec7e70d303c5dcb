#pragma once

#include <memory>
#include <type_traits>
#include <unordered_set>
#include <utility>

namespace mlpipe {

/// A value that many hold alike: kept once for all copies of it, and of a pointer's size in each.
/// Nobody sees it change who does not edit() it. One that was given nothing holds T(), and takes no
/// memory for that.
template <class T>
class Shared {
 public:
  Shared() = default;
  // Where a T is meant: what it is kept in is of no interest there.
  // NOLINTBEGIN(google-explicit-constructor,bugprone-forwarding-reference-overload)
  template <class From>
  requires(std::is_convertible_v<From&&, T> && !std::is_same_v<std::remove_cvref_t<From>, Shared>)
      Shared(From&& value)
      : value_(std::make_shared<T>(std::forward<From>(value))) {}
  // NOLINTEND(google-explicit-constructor,bugprone-forwarding-reference-overload)

  [[nodiscard]] const T& operator*() const {
    static const T none{};
    return value_ ? *value_ : none;
  }
  [[nodiscard]] const T* operator->() const { return &**this; }
  operator const T&() const { return **this; }  // NOLINT(google-explicit-constructor)

  /// To change it: from now on this one's own, if others hold it, too.
  [[nodiscard]] T& edit() {
    if (value_.use_count() != 1) value_ = std::make_shared<T>(**this);
    return *value_;
  }

  /// The same for all that share it, and for no others; null for what was given nothing.
  [[nodiscard]] const void* identity() const { return value_.get(); }

  bool operator==(const Shared& other) const { return value_ == other.value_ || **this == *other; }

 private:
  std::shared_ptr<T> value_;
};

/// Makes equal values shared ones. `RoughHash` gives equal ones the same number.
template <class T, class RoughHash>
class SharedValues {
 public:
  /// From now on `value` shares with the first that was equal to it.
  void unite(Shared<T>& value) {
    if (value.identity() != nullptr) value = *known_.insert(value).first;
  }

 private:
  struct HashOfValue {
    std::size_t operator()(const Shared<T>& value) const { return RoughHash()(*value); }
  };
  std::unordered_set<Shared<T>, HashOfValue> known_;
};

}  // namespace mlpipe
