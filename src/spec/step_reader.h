#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/pipeline.h"
#include "spec/resolver.h"
#include "spec/scalars.h"
#include "spec/scope.h"

namespace mlpipe {

/// Whether mlpipe runs steps of this kind; reports it if not.
[[nodiscard]] bool is_readable_step(const Fields& fields, const std::string& name,
                                    Problems& problems);

/// Read `outputs:` of a step. Those that are promoted take type and path from the pipeline's.
void read_step_outputs(const StepEntry& entry, Scope& scope, Resolver& resolver, Problems& problems,
                       Step& step);

/// Reads one step, whose outputs have been read, into a Step.
class StepReader {
 public:
  /// All must outlive this.
  StepReader(const StepEntry& entry, const Scope& scope, Resolver& resolver, Problems& problems,
             Step& step)
      : entry_(entry),
        fields_(entry.fields),
        scope_(scope),
        resolver_(resolver),
        problems_(problems),
        step_(step) {}

  void read();

 private:
  /// What is known of a template's text up to here: for the warning about unquoted values.
  struct Shell {
    bool active = false;  ///< The text goes to a shell.
    char quote = 0;       ///< ' or " while one is open.
  };
  /// One of the step's own `inputs:`.
  using OwnInput = Value;

  void read_inputs();
  void read_source_directory();
  void read_include();
  void read_hash_paths();
  void read_depends_on();
  void read_environment();
  void read_resources();
  void read_limits();

  // step_action.cpp
  void read_action();
  void read_script();
  void read_command(const YamlValue& value);
  void check_script(const YamlValue& value, const std::string& script);
  void read_arguments(const YamlValue& list, std::vector<Template>& arguments);
  void read_argument(const YamlValue& item, std::vector<Template>& arguments);
  /// Report what no argument can be; false if it is not even a single value.
  [[nodiscard]] bool check_argument(const YamlValue& item);
  [[nodiscard]] bool group_is_dropped(const YamlValue& list) const;
  Template read_template(const YamlValue& value, bool is_command);
  void append_pieces(const YamlValue& value, const std::vector<Piece>& pieces, Shell& shell,
                     Template& result);
  void append_reference(const YamlValue& value, const Piece& piece, Shell& shell, Template& result);
  void append_own_input(const YamlValue& value, const Piece& piece, Shell& shell, Template& result);
  void append_own_output(const YamlValue& value, const Piece& piece, Template& result);
  void append_value(const YamlValue& value, const Piece& piece, const std::string& text,
                    Shell& shell, Template& result);
  [[nodiscard]] bool lacks_value(const Piece& piece) const;

  // step_warnings.cpp: what is allowed, but probably not meant
  void warn_of_path_in_argument(const YamlValue& item);
  /// `${inputs.x}` instead of `${{inputs.x}}`, in a command or an argument.
  void warn_of_single_braces(const YamlValue& value, bool is_command);
  /// A command that starts a script beside the pipeline file, which the step does not see.
  void warn_of_missing_source_directory(const YamlValue& command);
  /// What to write for `${body}`, if that was meant for an expression; "" if it is the shell's.
  [[nodiscard]] std::string meant_by(const std::string& body, const std::string& text) const;
  [[nodiscard]] bool names_something(const Reference& reference) const;

  /// A single value of the step in which parameters may stand. `is_literal`: those become literals
  /// of the step, as what it computes may depend on them.
  std::optional<NamedText> text(const YamlValue& value, const std::string& what,
                                bool is_literal = false);
  std::optional<NamedText> text_field(const Fields& fields, std::string_view meaning,
                                      bool is_literal = false);
  /// The texts of a list, or of a single value.
  std::vector<NamedText> texts(std::string_view meaning);
  /// As in environment variables: own literal inputs may stand there, too.
  std::optional<std::string> text_with_own_inputs(const YamlValue& value, const std::string& what);
  void add_parameter_as_literal(const std::string& name, Mark mark);

  const StepEntry& entry_;
  const Fields& fields_;
  const Scope& scope_;
  Resolver& resolver_;
  Problems& problems_;
  Step& step_;
  std::map<std::string, OwnInput> own_inputs_;
  std::map<std::string, std::string> literals_;
};

/// The name of an environment as a CLI v2 file has it: `azureml:NAME@latest`, a registry's URI, or
/// an inline mapping, which is called by its name or image.
[[nodiscard]] std::string environment_name(const YamlValue& value);

}  // namespace mlpipe
