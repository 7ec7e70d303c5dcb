#pragma once

#include <vector>

#include "core/notification.h"
#include "spec/fields.h"
#include "spec/resolver.h"

namespace mlpipe {

/// `on_success` and `on_failure` of what `fields` describe, in this order: each a command, the
/// address of a webhook, a map that says which of both it is, or a list of these. Reports what is
/// none of them; parameters may stand in each.
[[nodiscard]] std::vector<Notification> read_notifications(const Fields& fields, Resolver& resolver,
                                                           Problems& problems);

}  // namespace mlpipe
