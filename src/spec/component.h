#pragma once

#include <memory>
#include <string>

#include "spec/resolver.h"
#include "spec/scope.h"

namespace mlpipe {

/// A component as it is written somewhere.
struct WrittenComponent {
  SpecFile* file = nullptr;
  const YamlValue* root = nullptr;
  std::string name;          ///< For messages: "the component 'train.yml'".
  bool is_own_file = false;  ///< Not a map in the file that uses it.
};

/// Read a component: its inputs and outputs are declared, nothing is bound yet. `outer` must
/// outlive the result. Null after a problem was reported.
[[nodiscard]] std::shared_ptr<ComponentUse> make_component(const WrittenComponent& written,
                                                           const Scope& outer,
                                                           const Pipeline& pipeline);

/// Find and read what `component:` (or a sweep's `trial:`) leads to (azureml.md 3.7): a file, a map
/// in the same file, or a registered component. Its inputs and outputs are declared, nothing is
/// bound yet. `outer` must outlive the result. Null after a problem was reported: there is no such
/// component, its files use each other in a circle.
[[nodiscard]] std::shared_ptr<ComponentUse> load_component(const YamlValue& reference,
                                                           const Scope& outer,
                                                           const Pipeline& pipeline);

/// The spelling that the keys of a component or pipeline decide.
[[nodiscard]] Spelling component_spelling(const YamlValue& root);

/// What a bind_inputs() looks at.
enum class BindPhase {
  values,   ///< What is known before the outputs of the steps are.
  outputs,  ///< What comes from the outputs of steps, and what is missing in the end.
};

/// Put the values that a step gives into its component's declared inputs. `resolver` and `problems`
/// are those of the step's own file.
void bind_inputs(StepEntry& step, BindPhase phase, Resolver& resolver, Problems& problems);

}  // namespace mlpipe
