#pragma once

#include <filesystem>
#include <string>

#include "core/pipeline.h"

namespace mlpipe {

/// The private directory of one execution (semantics.md 3 and 5). Only names.
///
///   <root>/code/             the working directory: a writable copy of the sources
///   <root>/code/outputs/     kept as an artifact, as is code/logs/
///   <root>/outputs/<name>/   each declared output: the folder itself, or the folder of the file
///   <root>/inputs/<name>     private copies of inputs with mode `download`
///   <root>/tmp/              TMPDIR
///   <root>/private/          of an isolated step: home/ and tmp/, which it finds as $HOME and /tmp
///   <root>/trace             of a traced step: what strace wrote
///   <root>/metrics.jsonl     $MLPIPE_METRICS
///   <root>/context.json      $MLPIPE_CONTEXT
struct StepDirectory {
  std::filesystem::path root;

  [[nodiscard]] std::filesystem::path code() const { return root / "code"; }
  [[nodiscard]] std::filesystem::path temporary() const { return root / "tmp"; }
  [[nodiscard]] std::filesystem::path private_home() const { return root / "private" / "home"; }
  [[nodiscard]] std::filesystem::path private_tmp() const { return root / "private" / "tmp"; }
  [[nodiscard]] std::filesystem::path trace() const { return root / "trace"; }
  [[nodiscard]] std::filesystem::path metrics() const { return root / "metrics.jsonl"; }
  [[nodiscard]] std::filesystem::path context() const { return root / "context.json"; }
  [[nodiscard]] std::filesystem::path input_copy(const std::string& name) const {
    return root / "inputs" / name;
  }
  /// What the step is told to write: a folder, or a file whose folder exists.
  [[nodiscard]] std::filesystem::path output(const DataOutput& output) const {
    const auto folder = root / "outputs" / output.name;
    return output.type == DataType::uri_file ? folder / output.file_name : folder;
  }
};

}  // namespace mlpipe
