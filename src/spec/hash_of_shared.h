#pragma once

#include <cstddef>

#include "core/pipeline.h"

namespace mlpipe {

/// For SharedValues: of all that many steps of one pipeline may differ in, since those with the
/// same number are compared one by one.
struct HashOfShared {
  std::size_t operator()(const StepSources& sources) const;
  std::size_t operator()(const StepSettings& settings) const;
  std::size_t operator()(const RegisteredOutput& asset) const;
};

}  // namespace mlpipe
