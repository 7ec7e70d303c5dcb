#pragma once

#include <bitset>
#include <cstdint>
#include <string_view>
#include <vector>

namespace mlpipe {

/// A shell pattern as git's ignore files use it (fnmatch with FNM_PATHNAME, plus `**`): `*` and `?`
/// stop at '/', a whole component `**` does not; `[a-z]`, `[!a]`, `[^a]`, `[[:alpha:]]`; a
/// backslash takes the next character as it is. A malformed pattern matches nothing. Bytes, not
/// characters. Matching takes time proportional to pattern times text, whatever the pattern.
class Glob {
 public:
  Glob() = default;
  explicit Glob(std::string_view pattern);

  /// Whether the whole of `text` matches.
  [[nodiscard]] bool matches(std::string_view text) const;

 private:
  using CharacterSet = std::bitset<256>;

  enum class Kind : std::uint8_t {
    set,            ///< One character of a set.
    star,           ///< Any number of characters but '/'.
    deep_star,      ///< Any number of characters.
    maybe_folders,  ///< `**/` may match nothing …
    folders,        ///< … or anything that ends in '/'.
    never,          ///< The rest is malformed.
  };

  struct Token {
    Kind kind = Kind::never;
    CharacterSet set;
  };

  void add_stars(std::string_view pattern, std::size_t& at);
  void enter(std::vector<std::uint8_t>& states, std::size_t state) const;

  std::vector<Token> tokens_;
};

}  // namespace mlpipe
