#include "spec/expression.h"

#include <fmt/format.h>

#include <array>
#include <optional>
#include <utility>

#include "base/text.h"
#include "spec/scalars.h"

namespace mlpipe {

namespace {

using ReferenceScope = Reference::Scope;

constexpr std::string_view what_is_known =
    "expected one of: inputs.NAME, outputs.NAME, parameters.NAME, parent.inputs.NAME, "
    "parent.outputs.NAME, steps.NAME.outputs.NAME, parent.jobs.NAME.outputs.NAME";

Piece bad(std::string message, std::string_view expected) {
  return {.kind = Piece::Kind::bad, .text = std::move(message), .expected = std::string(expected)};
}

bool matches(const std::vector<std::string_view>& parts,
             std::initializer_list<std::string_view> pattern) {
  if (parts.size() != pattern.size()) return false;
  std::size_t i = 0;
  for (const auto word : pattern) {
    const auto part = parts[i++];
    if (word == "*" ? !is_name(part, true) : part != word) return false;
  }
  return true;
}

std::optional<ReferenceScope> scope_of_single(std::string_view word) {
  if (word == "name") return ReferenceScope::run_name;
  if (word == "output_name") return ReferenceScope::output_name;
  if (word == "default_datastore") return ReferenceScope::default_datastore;
  return std::nullopt;
}

/// `written` is the whole expression, `body` what stands between the braces.
Piece parse_reference(std::string_view written, std::string_view body) {
  static constexpr std::array<std::pair<std::string_view, ReferenceScope>, 6> simple = {{
      {"inputs", ReferenceScope::own_input},
      {"outputs", ReferenceScope::own_output},
      {"parameters", ReferenceScope::parameter},
      {"parent.inputs", ReferenceScope::pipeline_input},
      {"parent.outputs", ReferenceScope::pipeline_output},
      {"search_space", ReferenceScope::search_space},
  }};
  auto parts = split(body, '.');
  for (auto& part : parts) part = trim(part);
  Piece piece{.kind = Piece::Kind::reference, .text = std::string(written)};
  piece.reference.name = std::string(parts.back());
  const bool parent = parts.size() == 3 && parts[0] == "parent";
  const std::string head = parent ? fmt::format("parent.{}", parts[1]) : std::string(parts[0]);
  if ((parent || parts.size() == 2) && is_name(parts.back(), true)) {
    for (const auto& [word, scope] : simple) {
      if (head != word) continue;
      piece.reference.scope = scope;
      return piece;
    }
  }
  const std::size_t of_step = matches(parts, {"parent", "jobs", "*", "*", "*"}) ? 2
                              : matches(parts, {"steps", "*", "*", "*"})        ? 1
                              : matches(parts, {"jobs", "*", "*", "*"})         ? 1
                                                                                : 0;
  if (of_step != 0 && (parts[of_step + 1] == "outputs" || parts[of_step + 1] == "inputs")) {
    piece.reference.scope =
        parts[of_step + 1] == "outputs" ? ReferenceScope::step_output : ReferenceScope::step_input;
    piece.reference.step = std::string(parts[of_step]);
    return piece;
  }
  if (const auto single = parts.size() == 1 ? scope_of_single(parts[0]) : std::nullopt) {
    piece.reference.scope = *single;
    return piece;
  }
  if (parts[0] == "creation_context") {
    piece.reference.scope = ReferenceScope::not_yet;
    return piece;
  }
  return bad(fmt::format("unknown expression '{}'", printable(written)), what_is_known);
}

/// Takes pieces one after the other off the front of a text.
class Splitter {
 public:
  Splitter(std::string_view text, bool groups) : rest_(text), groups_(groups) {}

  std::vector<Piece> run() {
    while (!rest_.empty()) {
      if (rest_.starts_with("$${{") || (groups_ && rest_.starts_with("$$[["))) {
        add_text(rest_.substr(1, 3));
        rest_.remove_prefix(4);
      } else if (rest_.starts_with("${{")) {
        take_reference();
      } else if (groups_ && rest_.starts_with("$[[")) {
        take_group_begin();
      } else if (in_group_ && rest_.starts_with("]]")) {
        pieces_.push_back({.kind = Piece::Kind::group_end});
        in_group_ = false;
        rest_.remove_prefix(2);
      } else {
        take_text();
      }
    }
    if (in_group_)
      pieces_.push_back(bad("'$[[' begins an optional part that has no ']]'", "close it with ]]"));
    return std::move(pieces_);
  }

 private:
  void add_text(std::string_view text) {
    if (pieces_.empty() || pieces_.back().kind != Piece::Kind::text)
      pieces_.push_back({.kind = Piece::Kind::text});
    pieces_.back().text += text;
  }

  void take_text() {
    const auto end = rest_.find_first_of(in_group_ ? "$]" : "$", 1);
    add_text(rest_.substr(0, end));
    rest_.remove_prefix(std::min(end, rest_.size()));
  }

  void take_reference() {
    const auto end = rest_.find("}}", 3);
    const auto line_end = rest_.find('\n');
    if (end == std::string_view::npos || line_end < end) {
      pieces_.push_back(bad("'${{' begins an expression that has no '}}'",
                            "close it with }}, or write $${{ for the text itself"));
      rest_ = line_end == std::string_view::npos ? "" : rest_.substr(line_end);
      return;
    }
    pieces_.push_back(parse_reference(rest_.substr(0, end + 2), trim(rest_.substr(3, end - 3))));
    rest_.remove_prefix(end + 2);
  }

  void take_group_begin() {
    if (in_group_)
      pieces_.push_back(bad("'$[[' begins an optional part inside another one",
                            "close the first one with ]] before"));
    else
      pieces_.push_back({.kind = Piece::Kind::group_begin});
    in_group_ = true;
    rest_.remove_prefix(3);
  }

  std::string_view rest_;
  bool groups_;
  bool in_group_ = false;
  std::vector<Piece> pieces_;
};

}  // namespace

std::string written_as(std::string_view text) {
  const bool has_any = text.find("${{") != std::string_view::npos;
  return has_any ? fmt::format(" ('{}')", printable(text)) : std::string();
}

std::vector<Piece> split_expressions(std::string_view text, bool groups) {
  return Splitter(text, groups).run();
}

}  // namespace mlpipe
