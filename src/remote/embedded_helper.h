#pragma once

#include "remote/ssh_link.h"

namespace mlpipe {

/// The helper program that belongs to this one, as it was built with it.
[[nodiscard]] HelperImage embedded_helper();

}  // namespace mlpipe
