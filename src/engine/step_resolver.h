#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/manifest.h"
#include "core/run.h"
#include "engine/reasons.h"
#include "engine/step_facts.h"
#include "history/history.h"
#include "store/object_store.h"

namespace mlpipe {

/// Whether an earlier result may be taken.
enum class Lookup {
  allowed,
  regenerate,   ///< `--regenerate-outputs`, `--from`: not looked up, but offered to later runs.
  not_allowed,  ///< `allow_reuse: false`: neither.
};

/// What a step comes to in this run.
struct Resolution {
  std::string manifest;  ///< Encoded.
  Hash fingerprint;
  /// What other steps had made when this was resolved; same order as Step::inputs, empty for the
  /// others. The step reads just these objects, whatever its producers make later.
  std::vector<OutputRecord> upstream;
  std::shared_ptr<const ResultRecord> hit;  ///< Null: none.
  std::string lost_output;  ///< Of a result that would fit: an output the store has no more.
};

/// From a step's surroundings to its fingerprint, and from that to an earlier result or the reason
/// why there is none.
class StepResolver {
 public:
  /// All references outlive this object. `history` is null where there is none yet; `machines`
  /// where nothing can lie on one.
  StepResolver(const Pipeline& pipeline, StepFactReader& facts, History* history,
               ObjectStore& store, const RemoteMachines* machines = nullptr);

  /// `upstream` holds, for each of the step's inputs, what the other step made (null for inputs
  /// that are not made by a step).
  [[nodiscard]] Resolution resolve(StepId id, const std::vector<const OutputRecord*>& upstream,
                                   SourceUse use, Lookup lookup);

  /// Why a step comes to this, for people, one line or more: whose result it takes, or why it runs.
  /// `why_anew`: for Lookup::regenerate, what is said.
  [[nodiscard]] std::string reason(StepId id, const Resolution& resolution, Lookup lookup,
                                   const std::string& why_anew) const;

  /// What differs already although an input is still to be made, as reason() would say it; "" if
  /// nothing does, or if the step was never completed.
  [[nodiscard]] std::string known_changes(StepId id) const;

  /// Objects that were found whole although their recorded stat was not (a copied workspace): the
  /// caller records their new stat.
  [[nodiscard]] const std::vector<Hash>& renewed_objects() const { return renewed_; }

 private:
  [[nodiscard]] std::string plain_reason(StepId id, const Resolution& resolution, Lookup lookup,
                                         const std::string& why_anew) const;
  [[nodiscard]] Evidence evidence(const Step& step) const;
  [[nodiscard]] std::optional<ReadableTree> find_tree(const Hash& hash) const;
  [[nodiscard]] std::string find_text(const Hash& hash) const;
  [[nodiscard]] std::string origin_of(const Step& step, const std::string& name) const;
  [[nodiscard]] std::optional<ResultRecord> look_up(const Step& step, const Hash& fingerprint,
                                                    std::string& lost);

  const Pipeline& pipeline_;
  StepFactReader& facts_;
  History* history_;
  ObjectStore& store_;
  const RemoteMachines* machines_;
  std::vector<Hash> renewed_;
};

}  // namespace mlpipe
