#pragma once

#include <stdexcept>
#include <string>
#include <string_view>

#include "base/error.h"
#include "base/file.h"
#include "spec/read_pipeline.h"
#include "support/catch.h"

namespace mlpipe {

/// A temporary folder with files in it, and the pipeline file `p.yaml`.
class SpecFolder {
 public:
  SpecFolder() = default;
  explicit SpecFolder(std::string_view pipeline) { write("p.yaml", pipeline); }

  [[nodiscard]] std::filesystem::path path(std::string_view name = "") const {
    return name.empty() ? folder_.path() : folder_.path() / name;
  }

  /// Write a file, and the folders above it.
  void write(std::string_view name, std::string_view content = "x\n") const {
    make_folders(path(name).parent_path());
    write_file_atomically(path(name), content);
  }

  /// What pipelines may draw on besides their files.
  SpecContext context = {};

  [[nodiscard]] Pipeline read(const PipelineOverrides& overrides = {}) const {
    return read_pipeline(path("p.yaml"), overrides, context);
  }

  /// The message of the error that reading gives, with the folder's own path taken out; "" if it
  /// gives none.
  [[nodiscard]] std::string error(const PipelineOverrides& overrides = {},
                                  ErrorKind kind = ErrorKind::invalid_file) const {
    try {
      static_cast<void>(read(overrides));
    } catch (const Error& error) {
      CHECK(error.kind() == kind);
      return shortened(error.what());
    }
    return {};
  }

  /// All warnings in one text, likewise.
  [[nodiscard]] std::string warnings(const PipelineOverrides& overrides = {}) const {
    std::string all;
    for (const auto& warning : read(overrides).warnings) all += shortened(warning) + "\n";
    return all;
  }

  [[nodiscard]] std::string shortened(std::string text) const {
    const auto prefix = path().string() + "/";
    for (auto at = text.find(prefix); at != std::string::npos; at = text.find(prefix, at))
      text.erase(at, prefix.size());
    return text;
  }

 private:
  TemporaryFolder folder_;
};

/// What reading a pipeline file of this text alone gives.
inline std::string error_of(std::string_view pipeline, const PipelineOverrides& overrides = {},
                            ErrorKind kind = ErrorKind::invalid_file) {
  return SpecFolder(pipeline).error(overrides, kind);
}

/// A template as one text: ‹input:x›, ‹output:x›.
inline std::string shown(const Template& segments) {
  std::string text;
  for (const auto& segment : segments) {
    if (segment.kind == Segment::Kind::text) text += segment.text;
    if (segment.kind == Segment::Kind::input) text += "‹input:" + segment.text + "›";
    if (segment.kind == Segment::Kind::output) text += "‹output:" + segment.text + "›";
  }
  return text;
}

/// The step of this name.
inline const Step& step_in(const Pipeline& pipeline, std::string_view name) {
  for (const auto& step : pipeline.steps)
    if (step.name == name) return step;
  throw std::runtime_error("no step " + std::string(name));
}

/// "step.output" that an input is bound to, or the path's text.
inline std::string source_of(const Pipeline& pipeline, const Step& step, std::string_view input) {
  for (const auto& each : step.inputs) {
    if (each.name != input) continue;
    if (const auto* output = std::get_if<OutputSource>(&each.source))
      return pipeline[output->step].name + "." + output->output;
    const auto& path = *path_source(each.source);
    return path.url.empty() ? path.text : path.url;
  }
  return "none";
}

inline std::string command_of(const Step& step) {
  return shown(std::get<CommandAction>(step.action).command);
}

inline std::vector<std::string> arguments_of(const Step& step) {
  std::vector<std::string> all;
  for (const auto& argument : std::get<ScriptAction>(step.action).arguments)
    all.push_back(shown(argument));
  return all;
}

/// "name=value" of each literal.
inline std::vector<std::string> literals_of(const Step& step) {
  std::vector<std::string> all;
  for (const auto& literal : step.literals) all.push_back(literal.name + "=" + literal.value);
  return all;
}

using Texts = std::vector<std::string>;

}  // namespace mlpipe
