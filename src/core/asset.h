#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace mlpipe {

/// What can be registered under a name and a version.
enum class AssetKind : std::uint8_t { component, data, environment, model };

/// "component", "data", "environment", "model".
[[nodiscard]] std::string_view to_text(AssetKind kind);

/// A registered thing as pipeline files and commands name it.
struct AssetReference {
  std::string name;
  std::string version;  ///< Empty: not given.
  std::string label;    ///< Such as "latest"; empty: not given.

  bool operator==(const AssetReference&) const = default;
};

/// Reads NAME, NAME:VERSION, NAME@LABEL, each also after `azureml:`, and
/// azureml://registries/REGISTRY/KINDS/NAME[/versions/VERSION|/labels/LABEL] (the registry does not
/// matter here). Nothing if the text is none of them (azureml.md 3.7, 3.8).
[[nodiscard]] std::optional<AssetReference> parse_asset_reference(std::string_view text);

/// Whether something can be registered under this name or version: letters, digits, `_`, `.` and
/// `-`, the first a letter or digit, 255 at most. Also a label's rule.
[[nodiscard]] bool is_asset_word(std::string_view text);

/// "NAME:VERSION", "NAME@LABEL" or "NAME".
[[nodiscard]] std::string to_text(const AssetReference& reference);

/// An output of an earlier run, as a file names it.
struct RunOutputReference {
  std::string run;   ///< An id, or the beginning of one.
  std::string step;  ///< Empty: the output is looked for in all steps.
  std::string output;
  std::string path;  ///< Below it; may be empty.
};

/// Reads azureml://jobs/RUN/outputs/OUTPUT[/paths/PATH] and runs:/RUN/OUTPUT[/PATH], where OUTPUT
/// may be STEP.OUTPUT. Nothing if the text is none of them (azureml.md 3.6).
[[nodiscard]] std::optional<RunOutputReference> parse_run_output(std::string_view text);

}  // namespace mlpipe
