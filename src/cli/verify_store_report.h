#pragma once

#include <nlohmann/json.hpp>

#include "engine/verify_store.h"

namespace mlpipe {

/// What `mlpipe verify` prints about the store, for people and with --json.
void print_store_report(const StoreReport& report, Closeness closeness);
[[nodiscard]] nlohmann::json store_report_json(const StoreReport& report, Closeness closeness);

}  // namespace mlpipe
