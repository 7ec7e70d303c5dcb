#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "core/pipeline.h"
#include "spec/expression.h"
#include "spec/problems.h"
#include "spec/scope.h"

namespace mlpipe {

/// Data that a step's input may be bound to.
struct DataBinding {
  DataSource source;
  DataType type = DataType::uri_folder;
  std::optional<InputMode> mode;  ///< Nothing: not said.
};

/// An optional input that was given nothing.
struct NoValue {};

/// Something that is wrong and was reported.
struct Unknown {};

/// What an expression or an input stands for; a string is a literal's text.
using Value = std::variant<std::string, DataBinding, NoValue, Unknown>;

/// Finds what expressions stand for where the *pipeline* is the context: everywhere in the file
/// except in what a step executes.
class Resolver {
 public:
  /// All must outlive this. The outputs of the pipeline's steps must be read before a reference to
  /// one is resolved.
  Resolver(const Scope& scope, const Pipeline& pipeline, Problems& problems)
      : scope_(scope), pipeline_(pipeline), problems_(problems) {}

  /// What `reference` stands for; reports what does not exist.
  [[nodiscard]] Value resolve(const Reference& reference, const std::string& written, Mark mark);

  /// What the entry of a step's `inputs:` stands for. `what`: "the input 'raw'".
  [[nodiscard]] Value input(const YamlValue& value, const std::string& what);

  /// A single value in which parameters may stand; nothing after a problem was reported.
  /// The names of the parameters are added to `used`, if given.
  [[nodiscard]] std::optional<std::string> text(const YamlValue& value, const std::string& what,
                                                std::vector<std::string>* used = nullptr);

  /// The output of a step of this scope, or of a pipeline nested in it; nothing if there is none.
  [[nodiscard]] std::optional<DataBinding> find_output(const StepEntry& step,
                                                       const std::string& output) const;

  [[nodiscard]] const Scope& scope() const { return scope_; }

  /// Where an expression stands inside of a scalar.
  [[nodiscard]] Mark mark_of(const YamlValue& value, const std::string& written) const;

 private:
  [[nodiscard]] Value resolve_parent_input(const Reference& reference, const std::string& written,
                                           Mark mark);
  [[nodiscard]] Value resolve_step_output(const Reference& reference, const std::string& written,
                                          Mark mark);
  [[nodiscard]] Value resolve_step_input(const Reference& reference, const std::string& written,
                                         Mark mark);
  [[nodiscard]] const StepEntry* find_step(const Reference& reference, const std::string& written,
                                           Mark mark);
  [[nodiscard]] Value resolve_own_input(const Reference& reference, const std::string& written,
                                        Mark mark);
  [[nodiscard]] Value scalar_input(const YamlValue& value, const std::string& what);
  [[nodiscard]] Value object_input(const YamlValue& value, const std::string& what);
  /// What `optional:` says; reports anything but true and false.
  [[nodiscard]] bool is_optional(const Fields& fields, const std::string& what);
  [[nodiscard]] Value path_input(const YamlValue& path, DataType type, const std::string& datastore,
                                 const std::string& what);
  Unknown wrong(Mark mark, std::string message, std::string expected = {});

  const Scope& scope_;
  const Pipeline& pipeline_;
  Problems& problems_;
  bool missing_is_empty_ = false;  ///< In a text: instead of an error.
  int depth_ = 0;                  ///< Of references from input to input.
  int followed_ = 0;  ///< How many there were: inputs that name each other twice double each time.
};

}  // namespace mlpipe
