#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "base/look_recorder.h"
#include "core/manifest.h"
#include "core/pipeline.h"
#include "engine/compute.h"
#include "engine/readable_tree.h"
#include "engine/remote_machines.h"
#include "engine/step_environment.h"
#include "store/contents.h"
#include "store/object_store.h"
#include "target/interpreter.h"

namespace mlpipe {

/// How a source directory is looked at.
enum class SourceUse {
  look,   ///< By its files' stats; enough to see that a step may be reused.
  store,  ///< Copied into the store, so that later edits cannot reach the step.
};

/// Looks at everything outside the store that decides a step's result, each thing once per run:
/// source directories, input files, hash_paths, interpreters. Use from one thread.
class StepFactReader {
 public:
  /// All references outlive this object. `store` may be null where nothing is to be stored (plan).
  struct World {
    const Pipeline& pipeline;
    const Places& places;
    const Variables& caller;
    StatCache& cache;
    WorkerPool& pool;
    InterpreterProbe& interpreters;
    ObjectStore* store = nullptr;
    RemoteMachines* machines = nullptr;  ///< Null where no step runs on one.
  };

  explicit StepFactReader(const World& world);

  /// Everything but the inputs that other steps make: those entries are left empty.
  [[nodiscard]] StepFacts read(StepId id, SourceUse use);

  /// The languages whose interpreters count for the step, each with what identifies it.
  [[nodiscard]] std::vector<std::pair<std::string, std::string>> interpreters(StepId id);
  /// Of a step's interpreters, after read(): what was not asked, but taken as it was, for people;
  /// "" if all was asked.
  [[nodiscard]] std::string assumption(StepId id) const;
  /// What a `hash_paths` entry is now.
  [[nodiscard]] FrozenHashPath hash_path_now(const Step& step, const std::string& written);

  /// A file or folder outside the store, hashed once per run.
  [[nodiscard]] const Contents& contents(const std::filesystem::path& path);
  /// The same if it was hashed already; else null.
  [[nodiscard]] const Contents* known_contents(const std::filesystem::path& path) const;
  /// Hash it again the next time: it moved. What contents() gave before stays valid.
  void forget(const std::filesystem::path& path);
  /// Copy the step's sources into the store again the next time: that copy was lost.
  void forget_source(StepId step);

  /// How often something was forgotten: facts that were read before may be others now.
  [[nodiscard]] std::size_t changes() const { return changes_; }

  /// The paths that the step reads in place: its input files and hash_paths.
  [[nodiscard]] std::vector<std::filesystem::path> paths_in_place(StepId id) const;
  /// Where a `hash_paths` entry lies: relative to the source directory, else to the file.
  [[nodiscard]] std::filesystem::path hash_path(const Step& step, const std::string& written) const;

  /// Whether an interpreter of the step is another one than its facts say: packages were installed
  /// meanwhile. Then it is looked at anew the next time. Costs looks, and a process if one moved.
  [[nodiscard]] bool interpreter_changed(StepId id);

  /// The program that a step's "python" or "Rscript" is, on the machine where it runs. Throws Error
  /// if there is none.
  [[nodiscard]] std::filesystem::path interpreter_program_of(StepId id,
                                                             const std::string& language);
  /// For a step on another machine: asks whether its interpreters are other ones by now. To be
  /// called from any thread.
  [[nodiscard]] std::function<bool()> interpreter_question(StepId id);

  /// What the interpreters that count for a step need to run, by language, after read() was asked
  /// about it.
  [[nodiscard]] std::map<std::string, InterpreterPlaces> interpreter_places(StepId id) const;

  /// A tree that was looked at in this run, by its hash.
  [[nodiscard]] std::optional<ReadableTree> looked_tree(const Hash& hash) const;

  /// The snapshot that read(…, store) made for this step's sources: an object in the store.
  /// Nothing after forget_source().
  [[nodiscard]] std::optional<Hash> stored_source(StepId step) const;

  /// The sources' hash if they were looked at or copied in this run.
  [[nodiscard]] std::optional<Hash> known_source(StepId step) const;

  /// A step's sources have this hash as an earlier run saw them, and are what they were then.
  void take_source(StepId step, const std::optional<Hash>& hash);

  /// Whose looks (base/look_recorder.h) hold all that read(…, look) has seen for this step and not
  /// for everybody; nothing if it was not so read.
  [[nodiscard]] std::optional<std::vector<LookOwner>> look_owners(StepId id) const;

  /// The distributions behind an interpreter's identity in a manifest: its hash and its full text,
  /// for the history. Only those asked for in this run.
  [[nodiscard]] const std::map<Hash, std::string>& long_texts() const { return long_texts_; }

 private:
  [[nodiscard]] static std::string source_key(const Step& step);
  [[nodiscard]] Hash source_hash(const Step& step, SourceUse use);
  /// The languages whose interpreters count for a step: those it uses; where its environment names
  /// a python, that one always, since it comes first in PATH.
  [[nodiscard]] std::vector<std::string> languages_of(StepId id) const;
  [[nodiscard]] std::string interpreter_identity(const Step& step, const std::string& language,
                                                 const StepPlace& place);
  [[nodiscard]] const RemoteInterpreter& remote_interpreter(const std::string& language,
                                                            const StepPlace& place);

  World world_;
  std::set<std::string> written_paths_;  ///< Every output's `path:`.
  std::map<std::string, std::pair<const Step*, Contents>>
      looked_sources_;  ///< With one that has it.
  std::map<std::string, Hash> stored_sources_;
  std::map<std::string, Hash> taken_sources_;  ///< take_source(): nobody has looked at them.
  std::map<std::filesystem::path, Contents> contents_;
  std::vector<std::map<std::filesystem::path, Contents>::node_type> forgotten_;
  std::size_t changes_ = 0;
  /// Of a place; here, where it does not matter which of ours, without a target.
  using InterpreterKey =
      std::tuple<std::string, const EnvironmentConfig*, const ComputeTargetConfig*>;
  [[nodiscard]] static InterpreterKey key_of(const std::string& language, const StepPlace& place);
  std::map<InterpreterKey, std::string> identities_;
  std::map<InterpreterKey, RemoteMachines::KnownInterpreter> remote_interpreters_;
  std::map<Hash, std::string> long_texts_;
};

}  // namespace mlpipe
