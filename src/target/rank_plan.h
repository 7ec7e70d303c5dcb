#pragma once

#include <filesystem>

namespace mlpipe {

/// How the processes of one computation on this machine find each other.
struct RankPlan {
  enum class Kind {
    pytorch,     ///< By torch.distributed's variables.
    tensorflow,  ///< By TF_CONFIG.
  };

  Kind kind = Kind::pytorch;
  int processes = 1;          ///< Ranks; of tensorflow: workers.
  int parameter_servers = 0;  ///< Of tensorflow.
  /// Exists. What rank 1 and the following write: rank1.stdout, rank1.stderr … (of tensorflow
  /// worker1…, ps0…). The first one writes to the job's own files.
  std::filesystem::path logs;
};

}  // namespace mlpipe
