#include "spec/field_check.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "base/text.h"
#include "spec/data_paths.h"

namespace mlpipe {

FieldCheck::FieldCheck(Subject subject, Fields fields)
    : subject_(std::move(subject)), own_(std::move(fields)) {}

std::optional<NamedText> FieldCheck::resolved(std::string_view key) const {
  const auto* value = fields().find(key);
  if (value == nullptr) return std::nullopt;
  const auto what = fmt::format("'{}' of {}", fields().word(key), subject_.what);
  if (value->is_scalar() && has_expression(value->text)) {
    // What the step itself is given is not looked at here.
    const auto pieces = split_expressions(value->text, false);
    const bool own = std::any_of(pieces.begin(), pieces.end(), [](const Piece& piece) {
      return piece.kind == Piece::Kind::reference &&
             (piece.reference.scope == Reference::Scope::own_input ||
              piece.reference.scope == Reference::Scope::own_output ||
              piece.reference.scope == Reference::Scope::search_space);
    });
    if (own) return std::nullopt;
  }
  auto text = subject_.resolver.text(*value, what);
  if (!text) return std::nullopt;
  return NamedText{.text = std::move(*text), .mark = value->mark, .what = what};
}

void FieldCheck::required(std::string_view key) const {
  if (fields().find(key) != nullptr) return;
  const auto word = fields().word(key);
  subject_.problems.error(subject_.mark, fmt::format("{} has no '{}'", subject_.what, word),
                          fmt::format("expected {}: …", word));
}

void FieldCheck::text(std::string_view key) const { static_cast<void>(resolved(key)); }

void FieldCheck::texts(std::string_view key) const {
  const auto* value = fields().find(key);
  if (value == nullptr) return;
  if (value->is_scalar()) {
    text(key);
    return;
  }
  if (!value->is_sequence())
    subject_.problems.error(value->mark,
                            fmt::format("'{}' of {} must be a list, not {}", fields().word(key),
                                        subject_.what, kind_name(*value)));
  for (const auto* item : value->items)
    if (!item->is_scalar())
      subject_.problems.error(item->mark,
                              fmt::format("an entry of '{}' must be a single value, not {}",
                                          fields().word(key), kind_name(*item)));
}

void FieldCheck::boolean(std::string_view key) const {
  if (const auto value = resolved(key)) static_cast<void>(to_boolean(*value, subject_.problems));
}

void FieldCheck::number(std::string_view key) const {
  const auto value = resolved(key);
  if (value && !parse_number(value->text))
    subject_.problems.error(value->mark, fmt::format("{} must be a number, not '{}'", value->what,
                                                     printable(value->text)));
}

void FieldCheck::whole_number(std::string_view key, int least, int most) const {
  const auto value = resolved(key);
  if (!value) return;
  const auto number = to_integer(*value, least, subject_.problems);
  if (number && *number > most)
    subject_.problems.error(
        value->mark, fmt::format("{} must be at most {}, not {}", value->what, most, *number));
}

std::optional<std::string> FieldCheck::one_of(std::string_view key,
                                              std::initializer_list<const char*> words) const {
  const auto value = resolved(key);
  if (!value) return std::nullopt;
  const auto lower = lower_case(value->text);
  const std::vector<std::string> known(words.begin(), words.end());
  for (const auto& word : known)
    if (lower_case(word) == lower) return lower;
  subject_.problems.error(value->mark,
                          fmt::format("{} cannot be '{}'{}", value->what, printable(value->text),
                                      subject_.problems.suggestion(value->text, known)),
                          "expected " + any_of(known));
  return std::nullopt;
}

void FieldCheck::folder(std::string_view key) const {
  const auto value = resolved(key);
  if (!value || is_remote(value->text) || subject_.scope.file->frozen) return;
  const auto path = resolve_path(subject_.scope.folder(), value->text);
  const auto look = stat_if_accessible(path);
  if (look && look->kind == FileKind::folder) return;
  if (subject_.scope.spelling == Spelling::cli_v2 && look && look->kind == FileKind::file) return;
  subject_.problems.error(
      value->mark,
      fmt::format("{}, '{}', {}{}", value->what, printable(value->text),
                  look ? "is no folder" : why_missing(path), similar_path(path)),
      fmt::format("looked at {}", printable(path.string())));
}

std::unique_ptr<FieldCheck> FieldCheck::inside(std::string_view key, Place place) const {
  const auto* value = fields().find(key);
  if (value == nullptr) return nullptr;
  return inside(*value, place, fmt::format("'{}' of {}", fields().word(key), subject_.what));
}

std::unique_ptr<FieldCheck> FieldCheck::inside(const YamlValue& value, Place place,
                                               const std::string& what) const {
  auto subject = subject_;
  subject.what = what;
  subject.mark = value.mark;
  Fields own(value, place, subject_.scope.spelling, what, subject_.problems);
  if (!value.is_map()) return nullptr;
  return std::make_unique<FieldCheck>(std::move(subject), std::move(own));
}

}  // namespace mlpipe
