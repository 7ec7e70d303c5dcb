#pragma once

#include <initializer_list>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "spec/fields.h"
#include "spec/resolver.h"
#include "spec/scalars.h"

namespace mlpipe {

/// Checks the values of a map with fixed keys that nothing is read from. Each function looks at one
/// key, which need not be there, and reports what is wrong with its value.
class FieldCheck {
 public:
  struct Subject {
    const Fields& fields;
    std::string what;  ///< "the step 'train'".
    Mark mark;
    const Scope& scope;
    Resolver& resolver;
    Problems& problems;
  };

  explicit FieldCheck(Subject subject) : subject_(std::move(subject)) {}
  /// Of a map inside another one.
  FieldCheck(Subject subject, Fields fields);
  FieldCheck(FieldCheck&&) = delete;
  FieldCheck& operator=(FieldCheck&&) = delete;

  void required(std::string_view key) const;
  void text(std::string_view key) const;
  /// A list of texts, or one.
  void texts(std::string_view key) const;
  void boolean(std::string_view key) const;
  void number(std::string_view key) const;
  void whole_number(std::string_view key, int least,
                    int most = std::numeric_limits<int>::max()) const;
  /// In any case of letters. Gives the word in small letters.
  std::optional<std::string> one_of(  // NOLINT(modernize-use-nodiscard): mostly a check
      std::string_view key, std::initializer_list<const char*> words) const;
  /// A path to a folder; in a CLI v2 file, whose `code` may be a file, to either.
  void folder(std::string_view key) const;
  /// The check of the map under a key; nothing if there is none.
  [[nodiscard]] std::unique_ptr<FieldCheck> inside(std::string_view key, Place place) const;
  /// The same for a map that was found elsewhere.
  [[nodiscard]] std::unique_ptr<FieldCheck> inside(const YamlValue& value, Place place,
                                                   const std::string& what) const;

  [[nodiscard]] const Fields& fields() const { return own_ ? *own_ : subject_.fields; }
  [[nodiscard]] const Subject& subject() const { return subject_; }

 private:
  /// A value in which a component's inputs stand is known only when it is used.
  [[nodiscard]] std::optional<NamedText> resolved(std::string_view key) const;

  Subject subject_;
  std::optional<Fields> own_;
};

}  // namespace mlpipe
