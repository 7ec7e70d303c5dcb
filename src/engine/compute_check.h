#pragma once

#include "core/workspace.h"
#include "engine/health.h"
#include "engine/step_environment.h"

namespace mlpipe {

/// Whether steps can run on a compute target, checked one by one; a machine behind SSH is logged in
/// to, and gets the helper if it has none. Takes as long as that takes. Does not throw; several may
/// be checked at the same time.
[[nodiscard]] HealthReport check_compute_target(const ComputeTargetConfig& target,
                                                const Workspace& workspace,
                                                const Variables& caller);

}  // namespace mlpipe
