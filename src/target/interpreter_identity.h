#pragma once

#include <string>
#include <vector>

namespace mlpipe {

/// What makes one interpreter equal to another, on this machine or elsewhere (semantics.md 2,
/// item 7). Neither its path nor its environment's name is part of it.
struct InterpreterIdentity {
  std::string language;  ///< "python" or "R".
  std::string version;   ///< With the implementation: "cpython 3.11.2".
  /// What is installed, sorted: "numpy==1.24.2"; the bare file name where it holds no version and
  /// none is written inside.
  std::vector<std::string> distributions;

  bool operator==(const InterpreterIdentity&) const = default;

  /// All of it, one value a line: what goes into the fingerprint.
  [[nodiscard]] std::string text() const;
};

}  // namespace mlpipe
