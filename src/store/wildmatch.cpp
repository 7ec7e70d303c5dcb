#include "store/wildmatch.h"

#include <array>
#include <functional>
#include <optional>
#include <utility>

// The pattern becomes a row of tokens, and the row a nondeterministic automaton: state i means that
// tokens before i are matched. All states are followed at once, so nothing is ever tried twice.

namespace mlpipe {

namespace {

using CharacterSet = std::bitset<256>;

std::size_t index_of(char c) { return static_cast<std::uint8_t>(c); }

CharacterSet range(unsigned first, unsigned last) {
  CharacterSet set;
  for (unsigned c = first; c <= last; ++c) set.set(c);
  return set;
}

/// The members of `[:name:]` in git's own, ASCII-only reading; nothing if there is no such class.
std::optional<CharacterSet> named_class(std::string_view name) {
  const CharacterSet digit = range('0', '9');
  const CharacterSet upper = range('A', 'Z');
  const CharacterSet lower = range('a', 'z');
  const CharacterSet alnum = digit | upper | lower;
  CharacterSet space;
  for (const char c : {'\t', '\n', '\r', ' '}) space.set(index_of(c));
  const std::array<std::pair<std::string_view, CharacterSet>, 12> classes = {{
      {"alnum", alnum},
      {"alpha", upper | lower},
      {"blank", range(' ', ' ') | range('\t', '\t')},
      {"cntrl", range(0, 31) | range(127, 127)},
      {"digit", digit},
      {"graph", range(33, 126)},
      {"lower", lower},
      {"print", range(32, 126)},
      {"punct", range(33, 126) & ~alnum},
      {"space", space},
      {"upper", upper},
      {"xdigit", digit | range('A', 'F') | range('a', 'f')},
  }};
  for (const auto& [known, set] : classes)
    if (known == name) return set;
  return std::nullopt;
}

/// Reads what stands between '[' and ']'.
class SetReader {
 public:
  SetReader(std::string_view pattern, std::size_t at) : pattern_(pattern), at_(at) {}

  /// `at` is on the character after '['; afterwards at() is after the closing ']'. Nothing if the
  /// set is malformed.
  std::optional<CharacterSet> read() {
    const bool negated = peek() == '!' || peek() == '^';
    if (negated) ++at_;
    for (bool first = true; first || peek() != ']'; first = false)
      if (!peek() || !read_member()) return std::nullopt;
    ++at_;
    if (negated) set_.flip();
    set_.reset(index_of('/'));
    return set_;
  }

  [[nodiscard]] std::size_t at() const { return at_; }

 private:
  [[nodiscard]] std::optional<char> peek(std::size_t ahead = 0) const {
    if (at_ + ahead >= pattern_.size()) return std::nullopt;
    return pattern_[at_ + ahead];
  }

  bool read_member() {
    if (peek() == '-' && previous_ && peek(1) && peek(1) != ']') return read_range_end();
    if (peek() == '[' && peek(1) == ':') {
      const std::size_t close = pattern_.find(']', at_ + 2);
      if (close == std::string_view::npos) return false;
      if (close > at_ + 2 && pattern_[close - 1] == ':') return read_class(close);
    }
    if (peek() == '\\') {
      ++at_;
      if (!peek()) return false;
    }
    previous_ = peek();
    set_.set(index_of(*previous_));
    ++at_;
    return true;
  }

  bool read_range_end() {
    ++at_;
    if (peek() == '\\') ++at_;
    if (!peek()) return false;
    for (std::size_t c = index_of(*previous_); c <= index_of(*peek()); ++c) set_.set(c);
    previous_.reset();
    ++at_;
    return true;
  }

  bool read_class(std::size_t close) {
    const auto members = named_class(pattern_.substr(at_ + 2, close - at_ - 3));
    if (!members) return false;
    set_ |= *members;
    previous_.reset();
    at_ = close + 1;
    return true;
  }

  std::string_view pattern_;
  std::size_t at_;
  std::optional<char> previous_;  ///< What a '-' would start a range from.
  CharacterSet set_;
};

}  // namespace

Glob::Glob(std::string_view pattern) {
  std::size_t at = 0;
  while (at < pattern.size()) {
    Token token{.kind = Kind::set, .set = {}};
    const char c = pattern[at];
    if (c == '*') {
      add_stars(pattern, at);
      continue;
    }
    if (c == '?') {
      token.set.set();
      token.set.reset(index_of('/'));
      ++at;
    } else if (c == '[') {
      SetReader reader(pattern, at + 1);
      const auto set = reader.read();
      if (set)
        token.set = *set;
      else
        token.kind = Kind::never;
      at = set ? reader.at() : pattern.size();
    } else {
      if (c == '\\') ++at;
      if (at < pattern.size())
        token.set.set(index_of(pattern[at]));
      else
        token.kind = Kind::never;
      ++at;
    }
    tokens_.push_back(token);
  }
}

void Glob::add_stars(std::string_view pattern, std::size_t& at) {
  const std::size_t start = at;
  while (at < pattern.size() && pattern[at] == '*') ++at;
  const std::string_view rest = pattern.substr(at);
  const bool component = at - start > 1 && (start == 0 || pattern[start - 1] == '/');
  if (component && rest.substr(0, 1) == "/") {
    tokens_.push_back({.kind = Kind::maybe_folders, .set = {}});
    tokens_.push_back({.kind = Kind::folders, .set = {}});
    ++at;
  } else if (component && (rest.empty() || rest.substr(0, 2) == "\\/")) {
    tokens_.push_back({.kind = Kind::deep_star, .set = {}});
  } else {
    tokens_.push_back({.kind = Kind::star, .set = {}});
  }
}

void Glob::enter(std::vector<std::uint8_t>& states, std::size_t state) const {
  while (states[state] == 0) {
    states[state] = 1;
    if (state == tokens_.size()) return;
    const Kind kind = tokens_[state].kind;
    if (kind == Kind::maybe_folders) {
      states[state + 1] = 1;  // always `folders`, from where nothing else is reached
      state += 2;
    } else if (kind == Kind::star || kind == Kind::deep_star) {
      ++state;
    } else {
      return;
    }
  }
}

bool Glob::matches(std::string_view text) const {
  std::vector<std::uint8_t> states(tokens_.size() + 1);
  std::vector<std::uint8_t> next(states.size());
  enter(states, 0);
  for (const char c : text) {
    next.assign(next.size(), 0);
    bool alive = false;
    for (std::size_t i = 0; i < tokens_.size(); ++i) {
      if (states[i] == 0) continue;
      const Kind kind = tokens_[i].kind;
      if (kind == Kind::set && tokens_[i].set.test(index_of(c))) enter(next, i + 1);
      if (kind == Kind::deep_star || (kind == Kind::star && c != '/')) enter(next, i);
      if (kind == Kind::folders) {
        next[i] = 1;
        if (c == '/') enter(next, i + 1);
      }
      alive = alive || kind != Kind::never;
    }
    if (!alive) return false;
    states.swap(next);
  }
  return states.back() != 0;
}

}  // namespace mlpipe
