#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/hash.h"
#include "base/shared.h"
#include "core/notification.h"

namespace mlpipe {

/// A step's position in `Pipeline::steps`. Valid for one Pipeline only.
struct StepId {
  std::size_t index = 0;

  auto operator<=>(const StepId&) const = default;
};

/// Where something was written. Lines and columns count from 1; line 0: not from a file.
struct SpecLocation {
  Shared<std::string> file;
  int line = 0;
  int column = 0;
};

/// A piece of a command or argument after parameters were filled in: text as it is, or the place
/// of one of the step's own data inputs or outputs.
struct Segment {
  enum class Kind { text, input, output };

  Kind kind = Kind::text;
  std::string text;  ///< The text, or the name of the input or output.
  /// Data inputs without which it is left out: those of the optional part that it stands in.
  std::vector<std::string> only_with;

  bool operator==(const Segment&) const = default;
};

/// Segments side by side: one argv element, or a whole command.
using Template = std::vector<Segment>;

/// What a data input or output is.
enum class DataType { uri_file, uri_folder };

/// How a step gets a data input (spec-format.md, "Files").
enum class InputMode {
  ro_mount,  ///< The shared path, read-only. The default.
  download,  ///< A private writable copy.
  direct,    ///< The text of the location itself.
};

/// A literal input of a step: reaches it as text, exactly as it was written.
struct Literal {
  std::string name;
  std::string value;

  bool operator==(const Literal&) const = default;
};

/// A file or folder that exists before the run.
struct PathSource {
  std::filesystem::path path;      ///< Absolute; empty while what `url` names has not been fetched.
  std::string text;                ///< As written.
  std::string url;                 ///< http(s): fetched before the run; else empty.
  std::string asset;               ///< "NAME:VERSION" if it was registered under that name.
  std::optional<Hash> registered;  ///< The content that it had then.
};

/// What another step makes. This is the edge of the DAG.
struct OutputSource {
  StepId step;
  std::string output;  ///< A name in that step's `outputs`.
};

/// Where the data of an input is.
using DataSource = std::variant<Shared<PathSource>, OutputSource>;

/// Null if another step makes it.
[[nodiscard]] inline const PathSource* path_source(const DataSource& source) {
  const auto* path = std::get_if<Shared<PathSource>>(&source);
  return path == nullptr ? nullptr : &**path;
}

/// A data input of a step.
struct DataInput {
  std::string name;
  DataType type = DataType::uri_folder;
  InputMode mode = InputMode::ro_mount;
  DataSource source;
  SpecLocation location;
  bool optional = false;  ///< Should its maker fail, the step may run without it.
};

/// As what an output is registered after success.
struct RegisteredOutput {
  std::string name;     ///< Empty: not at all.
  std::string version;  ///< Empty: the next one.
  std::string type;  ///< The type as written: "mlflow_model"; empty: as the output's `type` says.

  bool operator==(const RegisteredOutput&) const = default;
};

/// Something a step promises to make.
struct DataOutput {
  std::string name;
  DataType type = DataType::uri_folder;
  std::string file_name;  ///< A file's base name; empty for a folder.
  /// Where a copy is put after success; absolute. Empty: nowhere. `${{name}}` in it stands for the
  /// run's id.
  Shared<std::filesystem::path> path;
  Shared<RegisteredOutput> asset;
  /// All that the step writes to `outputs/` in its working directory (CLI v2's output `artifacts`).
  bool artifacts = false;
  SpecLocation location;
};

/// A script with arguments, run without a shell.
struct ScriptAction {
  std::string script_name;  ///< Relative to the source directory.
  std::vector<Template> arguments;
};

/// A command, run by bash.
struct CommandAction {
  Template command;
};

/// Work of a kind that is read and checked, but that mlpipe does not run: `sweep`, `parallel`,
/// `automl`, `spark`, `import`, `data_transfer`.
struct OtherAction {
  std::string type;
};

/// How the processes of a step find each other: one computation in several processes.
struct Distribution {
  enum class Kind { pytorch, mpi, tensorflow };

  Kind kind = Kind::pytorch;
  int processes = 1;          ///< On this machine; of tensorflow: its workers.
  int parameter_servers = 0;  ///< Of tensorflow.

  bool operator==(const Distribution&) const = default;
};

/// What a step asks of its compute target. Nothing: the target's default.
struct Resources {
  std::optional<int> cpus;
  std::optional<int> gpus;
  std::optional<std::uint64_t> memory_bytes;
  int instance_count = 1;  ///< In the fingerprint: it changes a distributed computation.

  bool operator==(const Resources&) const = default;
};

/// What a step can see of the machine.
enum class Isolation {
  none,      ///< All that its user can.
  declared,  ///< What it declares, and what is installed; nothing else is there.
};

/// How often a failed step is tried again. The n-th retry waits delay * backoff^(n-1), but a
/// year at most.
struct Retry {
  int max_retries = 0;
  double delay_seconds = 0;
  double backoff = 1;

  bool operator==(const Retry&) const = default;
};

/// What a `hash_paths` entry was when it was frozen.
struct FrozenHashPath {
  Hash hash;
  bool executable = false;

  bool operator==(const FrozenHashPath&) const = default;
};

/// Where a step's sources come from, and what else counts beside them.
struct StepSources {
  /// Absolute; empty: the step starts in an empty folder.
  std::filesystem::path directory;
  /// Only these files of the directory (relative), if any are named.
  std::vector<std::string> include;
  bool is_file = false;  ///< CLI v2's `code` names a file: the one in `include`.
  /// Files and folders that are put into the copy of the directory under their base names;
  /// absolute. CLI v2's `additional_includes`.
  std::vector<std::filesystem::path> added;
  /// Files that are no part of the sources though they lie there (a component's own YAML);
  /// absolute.
  std::vector<std::filesystem::path> left_out;
  /// The sources are this object of the store, not what is in `directory` now.
  std::optional<Hash> frozen;
  std::filesystem::path frozen_place;   ///< Where that object's content lies.
  bool is_registered = false;           ///< They are of a registered component.
  std::vector<std::string> hash_paths;  ///< As written; relative to the directory.
  /// What they were when the pipeline was recorded. What is there now is what a step can read,
  /// and so what counts; this is to tell of a change.
  std::map<std::string, FrozenHashPath> frozen_hash_paths;

  bool operator==(const StepSources&) const = default;

  [[nodiscard]] bool is_empty() const { return directory.empty() && added.empty(); }
  /// Where they can be read.
  [[nodiscard]] const std::filesystem::path& place() const {
    return frozen ? frozen_place : directory;
  }
};

/// How a step is run: where, in what surroundings, how often and how long.
struct StepSettings {
  std::string compute_target;  ///< A name; resolved against the workspace by the engine.
  std::string environment;     ///< A name; empty: the default ("system").
  std::map<std::string, std::string> environment_variables;
  std::vector<std::string> pass_environment;  ///< Names only; sorted.
  Resources resources;
  std::optional<Distribution> distribution;
  std::chrono::seconds timeout{0};  ///< 0: none.
  Retry retry;
  bool allow_reuse = true;
  std::optional<Isolation> isolation;  ///< Nothing: what the workspace says.

  bool operator==(const StepSettings&) const = default;
};

/// One unit of work. All expressions are resolved: parameters are text by now. There may be many:
/// what most have alike is shared between them, what few have takes no room in the others.
struct Step {
  std::string name;  ///< In nested pipelines "outer/inner".
  Shared<std::string> description;
  SpecLocation location;
  Shared<StepSources> sources;
  std::variant<ScriptAction, CommandAction, OtherAction> action;

  std::vector<Literal> literals;    ///< Sorted by name.
  std::vector<DataInput> inputs;    ///< Sorted by name.
  std::vector<DataOutput> outputs;  ///< Sorted by name.
  std::vector<StepId> depends_on;   ///< Order without data.
  Shared<StepSettings> settings;

  [[nodiscard]] bool is_isolated() const { return settings->isolation == Isolation::declared; }
};

/// A literal that a caller may override.
struct Parameter {
  enum class Type { string, integer, number, boolean };

  std::string name;
  Type type = Type::string;
  std::string
      value;  ///< The value of this run: the default, or the override. Empty if it has none.
  std::string default_value;
  std::string description;
  bool overridden = false;  ///< A caller gave the value.
  bool required = false;    ///< It has none: `value` stands in for it, and a run must be given one.

  // What it demands of its value.
  std::vector<std::string> choices;  ///< `enum`, if any.
  std::optional<double> min;
  std::optional<double> max;
};

/// A pipeline-level data input.
struct PipelineInput {
  std::string name;
  DataType type = DataType::uri_folder;
  std::filesystem::path path;  ///< Absolute; that of this run. Empty for a `url`.
  std::string url;             ///< http(s), or empty.
  bool required = false;       ///< As Parameter's.
};

/// A pipeline-level output: one of its steps makes it.
struct PipelineOutput {
  std::string name;
  OutputSource made_by;
};

/// A pipeline as one run sees it: plain data, in the order written, overrides applied.
struct Pipeline {
  std::string name;
  std::string description;
  std::string experiment_name;
  std::filesystem::path file;  ///< Absolute.
  bool cli_v2 = false;         ///< Written in Azure ML's CLI v2 spelling.
  std::map<std::string, std::string> tags;

  std::vector<Parameter> parameters;  ///< In the order written.
  std::vector<PipelineInput> inputs;
  std::vector<PipelineOutput> outputs;
  std::vector<Notification> notifications;  ///< In no fingerprint.
  bool continue_on_step_failure = false;
  bool regenerate_outputs = false;
  std::vector<Step> steps;

  /// The texts of all files that it consists of, by absolute path; not those of what is registered.
  std::map<std::filesystem::path, std::string> texts;

  /// Things worth telling that are no errors: each "file:line:column: warning: …".
  std::vector<std::string> warnings;

  [[nodiscard]] const Step& operator[](StepId id) const { return steps.at(id.index); }
};

}  // namespace mlpipe
