#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/pipeline.h"
#include "spec/resolver.h"
#include "spec/scalars.h"
#include "spec/scope.h"

namespace mlpipe {

/// The outputs of a step, sorted by name: those under `outputs:`, and those that its component
/// declares. Those that are promoted take type and path from the pipeline's.
[[nodiscard]] std::vector<DataOutput> read_step_outputs(const StepEntry& entry, Scope& scope,
                                                        Resolver& resolver, Problems& problems);

/// Where the keys stand that say what a step is: the step itself, or the component that it uses.
struct StepPlaceInFile {
  const Fields& fields;
  Mark mark;
  const Scope& scope;
  Resolver& resolver;
  Problems& problems;
};

/// Reads the keys of one step, whose outputs have been read, into a Step. A step that uses a
/// component is read by two: one for the component, then one for the step's own keys.
class StepReader {
 public:
  /// All must outlive this, and nobody may share the step's sources and settings before.
  StepReader(const StepPlaceInFile& from, Step& step)
      : fields_(from.fields),
        mark_(from.mark),
        scope_(from.scope),
        resolver_(from.resolver),
        problems_(from.problems),
        step_(step),
        sources_(step.sources.edit()),
        settings_(step.settings.edit()) {}

  /// A step that says all by itself.
  void read();
  /// The component: its inputs hold the values that the step gives.
  void read_component(const ComponentUse& component);
  /// A step's own keys, which win over its component's.
  void read_overrides(const ComponentUse& component);
  /// A job that is a file by itself: its inputs are those of the pipeline.
  void read_job(const ComponentUse& job);
  /// What every kind of work has: inputs, target, environment. For kinds that are not run.
  /// `component`: as read_component()'s; null if the step has its inputs itself.
  void read_other_work(const ComponentUse* component);
  /// What a step may say that is a pipeline itself: order and compute target.
  void read_nested_pipeline();

 private:
  /// What is known of a template's text up to here: for the warning about unquoted values.
  struct Shell {
    bool active = false;  ///< The text goes to a shell.
    char quote = 0;       ///< ' or " while one is open.
    /// In an optional part: the optional data that it names.
    std::vector<std::string> only_with = {};
  };
  /// One of the step's own `inputs:`.
  using OwnInput = Value;

  void read_inputs();
  void take_inputs(const ComponentUse& component);
  void know_inputs(const ComponentUse& component);
  void read_depends_on();
  void read_compute_target();
  void read_environment();
  void read_environment_variables();
  void read_pass_environment();
  void read_resources();
  void read_limits();
  void read_retry();
  /// What a step and its component may both say.
  void read_settings();
  void keep_literals();

  // step_sources.cpp
  /// Source directory and what is run in it.
  void read_work();
  void read_source_directory();
  /// CLI v2's `code:` may name one file.
  [[nodiscard]] bool is_single_source(const std::filesystem::path& path) const;
  void read_include();
  void read_additional_includes();
  void read_additional_include(const NamedText& written);
  void read_hash_paths();
  void take_frozen_source();
  [[nodiscard]] bool is_frozen() const { return scope_.file->frozen != nullptr; }

  // step_distribution.cpp
  void read_distribution();

  // step_action.cpp
  void read_action();
  void read_script();
  void read_command(const YamlValue& value);
  void check_script(const YamlValue& value, const std::string& script);
  void read_arguments(const YamlValue& list, std::vector<Template>& arguments);
  void read_argument(const YamlValue& item, std::vector<Template>& arguments);
  /// Report what no argument can be; false if it is not even a single value.
  [[nodiscard]] bool check_argument(const YamlValue& item);
  [[nodiscard]] std::vector<std::string> optional_data_in(const std::vector<Piece>& pieces) const;
  [[nodiscard]] bool group_is_dropped(const YamlValue& list) const;
  Template read_template(const YamlValue& value, bool is_command);
  void append_pieces(const YamlValue& value, const std::vector<Piece>& pieces, Shell& shell,
                     Template& result);
  void append_reference(const YamlValue& value, const Piece& piece, Shell& shell, Template& result);
  void append_own_input(const YamlValue& value, const Piece& piece, Shell& shell, Template& result);
  void append_own_output(const YamlValue& value, const Piece& piece, const Shell& shell,
                         Template& result);
  void append_value(const YamlValue& value, const Piece& piece, const std::string& text,
                    Shell& shell, Template& result);
  [[nodiscard]] bool lacks_value(const Piece& piece) const;

  // step_warnings.cpp: what is allowed, but probably not meant
  void warn_of_path_in_argument(const YamlValue& item);
  /// `${inputs.x}` instead of `${{inputs.x}}`, in a command or an argument.
  void warn_of_single_braces(const YamlValue& value, bool is_command);
  /// A command that starts a script beside the pipeline file, which the step does not see.
  void warn_of_missing_source_directory(const YamlValue& command);
  /// Whether `additional_includes` puts a script of this path beside the sources.
  [[nodiscard]] bool is_added(const std::string& script) const;
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
  /// An optional input that was given nothing is all that stands there; in a CLI v2 file.
  [[nodiscard]] bool has_no_value(const YamlValue& value) const;
  void add_parameter_as_literal(const std::string& name, Mark mark);

  const Fields& fields_;
  Mark mark_;
  const Scope& scope_;
  Resolver& resolver_;
  Problems& problems_;
  Step& step_;
  StepSources& sources_;
  StepSettings& settings_;
  bool is_own_file_ = false;  ///< A component that has a file of its own, which is no source.
  std::map<std::string, OwnInput> own_inputs_;
  std::map<std::string, std::string> literals_;
};

/// Warn of several instances: here all their processes run on one machine. `fields`: where the
/// distribution that counts is said; nothing is done if it is not.
void warn_of_instances(const Step& step, const Fields& fields, Problems& problems);

/// Which kinds of work there are: "command", "sweep" …
[[nodiscard]] bool is_known_work(std::string_view type);

/// The name of an environment as a CLI v2 file has it: `azureml:NAME@latest`, a registry's URI.
[[nodiscard]] std::string environment_name(const std::string& text);
/// Of one that is written where it is used: its name or image.
[[nodiscard]] std::string environment_name(const YamlValue& value);

}  // namespace mlpipe
