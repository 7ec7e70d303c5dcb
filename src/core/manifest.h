#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/hash.h"
#include "core/pipeline.h"

namespace mlpipe {

/// What a part of a manifest is about. The numbers are part of the fingerprint: never reuse one.
enum class PartKind : std::uint8_t {
  format = 1,                ///< Version of this format.
  platform = 2,              ///< Operating system and CPU architecture.
  action = 3,                ///< "script" with the script's name, or "command".
  argument = 4,              ///< One argv element, or the command; named by its position.
  literal = 5,               ///< A literal input.
  input = 6,                 ///< A data input: kind, mode, base name, content.
  source = 7,                ///< The source directory's tree.
  hash_path = 8,             ///< A file named under `hash_paths`.
  environment_variable = 9,  ///< Set by the step.
  pass_environment = 10,     ///< Passed from the caller; only the hash of its value is kept.
  environment = 11,          ///< The environment's definition, and its interpreter's identity.
  output = 12,               ///< A declared output: kind, base name.
  process_count = 13,        ///< Instances and processes of a distributed step.
  isolation = 14,            ///< "declared"; no such part for a step that is not isolated.
};

/// "argument", "environment_variable" …: the names above.
[[nodiscard]] std::string_view to_text(PartKind kind);

/// One fact that decides a step's result.
struct ManifestPart {
  PartKind kind = PartKind::format;
  std::string name;   ///< Which input, variable …; empty where there is only one of the kind.
  std::string value;  ///< Canonical text.

  bool operator==(const ManifestPart&) const = default;
};

/// Everything that decides a step's result (semantics.md 2), sorted by kind, then name.
using Manifest = std::vector<ManifestPart>;

/// What is found about a data input when its step is looked at; same order as Step::inputs.
struct InputFact {
  bool is_file = false;
  bool executable = false;
  Hash hash;              ///< A file's bytes, a folder's tree.
  std::string base_name;  ///< Of a file.
};

/// What is found about a `hash_paths` entry.
struct HashPathFact {
  Hash hash;                ///< A file's bytes, a folder's tree.
  bool executable = false;  ///< A file's x bit: the step can see it.
};

/// What is found about a step's surroundings.
struct StepFacts {
  Hash source;
  std::vector<InputFact> inputs;
  std::vector<HashPathFact> hash_paths;                      ///< Same order as Step::hash_paths.
  std::vector<std::optional<std::string>> pass_environment;  ///< Values; nothing: not set.
  std::string environment_definition;                        ///< "system" …
  std::vector<std::pair<std::string, std::string>> interpreters;  ///< language → identity in short.
  std::string platform;  ///< platform_name() of where it runs; empty: of this machine.
};

/// The manifest of a step in its surroundings. Names, descriptions, retries, time-outs, resources
/// and compute target stay out; so does every absolute path.
[[nodiscard]] Manifest make_manifest(const Step& step, const StepFacts& facts);

/// Canonical bytes: for each part its kind (1 byte), the length of its name (4 bytes, big-endian),
/// the name, the length of its value (4 bytes), the value. decode() is the inverse; nothing if the
/// bytes are not such an encoding.
[[nodiscard]] std::string encode(const Manifest& manifest);
[[nodiscard]] std::optional<Manifest> decode_manifest(std::string_view bytes);

/// Two executions with the same fingerprint are interchangeable.
[[nodiscard]] Hash fingerprint(std::string_view encoded_manifest);

/// "ro_mount", "download" or "direct", as in a pipeline file.
[[nodiscard]] std::string mode_text(InputMode mode);

/// "pytorch", "mpi" or "tensorflow", as in a pipeline file.
[[nodiscard]] std::string_view distribution_text(Distribution::Kind kind);

/// A template as canonical text: `t<length>:<text>`, `i<length>:<name>`, `o<length>:<name>` for
/// each segment, so that no text can pose as a binding.
[[nodiscard]] std::string encode(const Template& segments);
/// The same for people: `--lr 0.1 ${{inputs.raw}}`.
[[nodiscard]] std::string readable_template(std::string_view encoded);

/// A part that differs between two manifests.
struct PartChange {
  PartKind kind = PartKind::format;
  std::string name;
  std::optional<std::string> before;
  std::optional<std::string> now;
};

[[nodiscard]] std::vector<PartChange> manifest_changes(const Manifest& before, const Manifest& now);

/// One change in one line for people: "'lr' changed: 0.1 -> 0.2".
[[nodiscard]] std::string describe(const PartChange& change);

/// The content hash inside a `source`, `input` or `hash_path` part's value.
[[nodiscard]] std::optional<Hash> content_hash_of(const ManifestPart& part);

}  // namespace mlpipe
