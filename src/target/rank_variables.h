#pragma once

#include <string>
#include <vector>

#include "target/rank_plan.h"

namespace mlpipe {

/// One process of several.
struct Rank {
  std::string name;        ///< "rank 1", "worker 0", "parameter server 0"
  std::string file;        ///< What the names of its logs begin with.
  bool is_server = false;  ///< It does not end by itself.
  int index = 0;           ///< Among those of its kind.
};

/// In the order in which they are started: a tensorflow job's workers before its servers.
[[nodiscard]] std::vector<Rank> ranks_of(const RankPlan& plan);

/// Ports on loopback that nobody has now, all different. Throws Error(system).
[[nodiscard]] std::vector<int> free_ports(std::size_t count);

/// The environment of rank `i`, "NAME=value" each: `environment` and what tells it who and where
/// the others are. MASTER_ADDR and MASTER_PORT that are set already stay.
[[nodiscard]] std::vector<std::string> variables_of_rank(const RankPlan& plan,
                                                         const std::vector<Rank>& ranks,
                                                         std::size_t i,
                                                         const std::vector<int>& ports,
                                                         char** environment);

}  // namespace mlpipe
