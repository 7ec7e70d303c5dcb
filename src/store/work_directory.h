#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "store/object_store.h"

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
struct WorkDirectory {
  std::filesystem::path root;

  [[nodiscard]] std::filesystem::path code() const { return root / "code"; }
  [[nodiscard]] std::filesystem::path artifacts() const { return code() / "outputs"; }
  [[nodiscard]] std::filesystem::path logs() const { return code() / "logs"; }
  [[nodiscard]] std::filesystem::path temporary() const { return root / "tmp"; }
  [[nodiscard]] std::filesystem::path private_home() const { return root / "private" / "home"; }
  [[nodiscard]] std::filesystem::path private_tmp() const { return root / "private" / "tmp"; }
  [[nodiscard]] std::filesystem::path trace() const { return root / "trace"; }
  [[nodiscard]] std::filesystem::path metrics() const { return root / "metrics.jsonl"; }
  [[nodiscard]] std::filesystem::path context() const { return root / "context.json"; }
  [[nodiscard]] std::filesystem::path input_copy(const std::string& name) const {
    return root / "inputs" / name;
  }
  [[nodiscard]] std::filesystem::path output_folder(const std::string& name) const {
    return root / "outputs" / name;
  }
};

/// What is to be in a private directory when its step starts.
struct DirectoryPlan {
  struct InputCopy {
    std::string input;
    Hash object;
  };

  WorkDirectory directory;
  Hash source;                       ///< The object whose content `code/` is a copy of.
  std::vector<std::string> outputs;  ///< Names.
  std::vector<InputCopy> copies;
  bool isolated = false;
};

/// Make it anew: what an earlier attempt left there is removed. Throws Error(system).
void make_work_directory(const DirectoryPlan& plan, const ObjectStore& store);

/// An output that a step has to make.
struct DeclaredOutput {
  std::string name;
  std::string file_name;   ///< Empty: it is a folder.
  bool artifacts = false;  ///< What is left in `code/outputs` belongs to it.

  /// What the step is told to write.
  [[nodiscard]] std::filesystem::path in(const WorkDirectory& directory) const {
    const auto folder = directory.output_folder(name);
    return file_name.empty() ? folder : folder / file_name;
  }
};

/// What the main process left is ours now: take the rights back, put artifacts where they belong,
/// and look whether everything was made. Returns why it counts as failed; "" if it does not. Throws
/// Error(system).
[[nodiscard]] std::string settle_outputs(const WorkDirectory& directory,
                                         const std::vector<DeclaredOutput>& outputs);

/// What a step left, in the store now.
struct TakenOutputs {
  struct Output {
    std::string name;
    StoredObject object;
  };

  std::string failure;          ///< Why it counts as failed all the same; empty: fine.
  std::vector<Output> outputs;  ///< The declared ones; then those of `extra` that hold something.
  std::vector<std::string> warnings;
};

/// A folder of the private directory that is kept if there is something in it.
struct KeptFolder {
  std::string name;    ///< As an output.
  std::string folder;  ///< In `code/`.
};

/// Move the outputs, and what is kept besides them, into the store. After settle_outputs(). Throws
/// Error(system) if the store cannot take them.
[[nodiscard]] TakenOutputs take_outputs(const WorkDirectory& directory,
                                        const std::vector<DeclaredOutput>& outputs,
                                        const std::vector<KeptFolder>& kept, ObjectStore& store);

/// Whether `folder`, in `root`, is reached through real folders only. A step can put a link in the
/// place of each folder it was given; what that leads to is not ours.
[[nodiscard]] bool is_inside(const std::filesystem::path& root,
                             const std::filesystem::path& folder);

}  // namespace mlpipe
