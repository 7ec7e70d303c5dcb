#include "spec/required_values.h"

#include <fmt/format.h>

#include <algorithm>

#include "spec/scalars.h"

namespace mlpipe {

namespace {

/// A value that the parameter takes.
std::string any_value(const Parameter& parameter, Spelling spelling) {
  if (!parameter.choices.empty()) return parameter.choices.front();
  switch (parameter.type) {
    case Parameter::Type::string:
      return {};
    case Parameter::Type::boolean:
      return boolean_text(false, spelling);
    case Parameter::Type::integer:
    case Parameter::Type::number:
      break;
  }
  const double least = std::max(1.0, parameter.min.value_or(1.0));
  return fmt::format("{}", std::min(least, parameter.max.value_or(least)));
}

}  // namespace

void stand_in_for_values(Scope& scope) {
  for (auto& entry : scope.parameters.all()) {
    if (entry.has_value || entry.optional || entry.given_badly) continue;
    entry.parameter.value = any_value(entry.parameter, scope.spelling);
    entry.parameter.required = entry.has_value = true;
  }
  for (auto& entry : scope.inputs.all()) {
    if (entry.has_value || entry.optional || entry.given_badly) continue;
    // Nothing is there: whoever reads this pipeline looks at no data.
    entry.source = PathSource{.path = std::filesystem::path("/required") / entry.name,
                              .text = {},
                              .url = {},
                              .asset = {},
                              .registered = {}};
    entry.required = entry.has_value = entry.checked = true;
  }
}

}  // namespace mlpipe
