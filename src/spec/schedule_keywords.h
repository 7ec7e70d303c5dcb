#pragma once

#include <span>

#include "spec/keyword.h"

namespace mlpipe {

/// The rows of the table of synonyms that are of schedule files (azureml.md 2.7, 3.11). Only for
/// keywords.cpp, which looks words up.
[[nodiscard]] std::span<const Keyword> schedule_keywords();

}  // namespace mlpipe
