#include "engine/step_resolver.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/error.h"
#include "base/text.h"
#include "base/url.h"

namespace mlpipe {

StepResolver::StepResolver(const Pipeline& pipeline, StepFactReader& facts, History* history,
                           ObjectStore& store, const RemoteMachines* machines)
    : pipeline_(pipeline), facts_(facts), history_(history), store_(store), machines_(machines) {}

Resolution StepResolver::resolve(StepId id, const std::vector<const OutputRecord*>& upstream,
                                 SourceUse use, Lookup lookup) {
  const Step& step = pipeline_[id];
  StepFacts facts = facts_.read(id, use);
  std::vector<OutputRecord> used(upstream.size());
  for (std::size_t i = 0; i < upstream.size(); ++i)
    if (const auto* made = upstream[i]) {
      used[i] = *made;
      facts.inputs.at(i) = {.is_file = made->is_file,
                            .executable = made->executable,
                            .hash = made->content_hash,
                            .base_name = made->file_name};
    }
  const Manifest manifest = make_manifest(step, facts);
  Resolution resolution{.manifest = encode(manifest)};
  resolution.fingerprint = fingerprint(resolution.manifest);
  resolution.upstream = std::move(used);

  if (lookup == Lookup::allowed)
    if (auto found = look_up(step, resolution.fingerprint, resolution.lost_output))
      resolution.hit = std::make_shared<const ResultRecord>(std::move(*found));
  return resolution;
}

std::string StepResolver::reason(StepId id, const Resolution& resolution, Lookup lookup,
                                 const std::string& why_anew) const {
  const auto assumed = facts_.assumption(id);
  auto text = plain_reason(id, resolution, lookup, why_anew);
  return assumed.empty() ? text : text + "\n" + assumed;
}

std::string StepResolver::plain_reason(StepId id, const Resolution& resolution, Lookup lookup,
                                       const std::string& why_anew) const {
  const Step& step = pipeline_[id];
  if (resolution.hit) return reused_reason(*resolution.hit, step.name);
  if (lookup == Lookup::not_allowed)
    return fmt::format("{} is false: it runs in every run",
                       pipeline_.cli_v2 ? "is_deterministic" : "allow_reuse");
  if (lookup == Lookup::regenerate) return why_anew;
  if (!resolution.lost_output.empty()) return resolution.lost_output;
  const auto manifest = decode_manifest(resolution.manifest);
  return miss_reason(pipeline_.name, step.name, manifest.value(), evidence(step));
}

std::string StepResolver::known_changes(StepId id) const {
  const Step& step = pipeline_[id];
  const auto last =
      history_ == nullptr ? std::nullopt : history_->last_completed(pipeline_.name, step.name);
  const auto before = last ? decode_manifest(last->manifest) : std::nullopt;
  if (!before) return {};
  // What is still to be made is taken to come out as it did.
  Manifest now = make_manifest(step, facts_.read(id, SourceUse::look));
  for (const auto& input : step.inputs)
    if (std::holds_alternative<OutputSource>(input.source))
      for (auto& part : now)
        for (const auto& old : *before)
          if (part.kind == PartKind::input && part.name == input.name && old.kind == part.kind &&
              old.name == part.name)
            part.value = old.value;
  return fmt::format("{}", fmt::join(explain_changes(*before, now, evidence(step)), "\n"));
}

Evidence StepResolver::evidence(const Step& step) const {
  return {history_, [this](const Hash& hash) { return find_tree(hash); },
          [this](const Hash& hash) { return find_text(hash); },
          [this, &step](const std::string& name) { return origin_of(step, name); }};
}

std::optional<ReadableTree> StepResolver::find_tree(const Hash& hash) const {
  if (auto looked = facts_.looked_tree(hash)) return looked;
  try {
    return ReadableTree{store_.entries(hash), store_.content_folder(hash)};
  } catch (const Error&) {
    return std::nullopt;  // collected, or never stored
  }
}

std::string StepResolver::origin_of(const Step& step, const std::string& name) const {
  for (const auto& input : step.inputs) {
    if (input.name != name) continue;
    if (const auto* made = std::get_if<OutputSource>(&input.source))
      return fmt::format("step '{}'", pipeline_[made->step].name);
    const PathSource& source = *path_source(input.source);
    if (!source.url.empty()) return printable(url_without_secrets(source.url));
    const auto& path = source.path;
    return printable(path.lexically_proximate(pipeline_.file.parent_path()).native());
  }
  return {};
}

std::string StepResolver::find_text(const Hash& hash) const {
  const auto& seen_now = facts_.long_texts();
  if (const auto found = seen_now.find(hash); found != seen_now.end()) return found->second;
  return history_ == nullptr ? std::string() : history_->text_of(hash);
}

std::optional<ResultRecord> StepResolver::look_up(const Step& step, const Hash& fingerprint,
                                                  std::string& lost) {
  if (history_ == nullptr) return std::nullopt;
  std::optional<ReadView> view;  // beginning to read for each question takes a while
  if (!history_->in_batch()) view.emplace(history_->database());
  auto result = history_->find_offered(fingerprint);
  if (!result) return std::nullopt;
  for (const auto& declared : step.outputs)
    if (std::none_of(result->outputs.begin(), result->outputs.end(),
                     [&](const OutputRecord& output) { return output.name == declared.name; })) {
      lost = fmt::format("output '{}' of its earlier run ({}) is missing in the database",
                         declared.name, result->run_id);
      return std::nullopt;
    }
  for (const auto& output : result->outputs) {
    const auto recorded = history_->object_stat(output.object);
    if (recorded && store_.is_present(output.object, *recorded)) continue;
    // In a copied workspace every object is whole, but no stat is what it was.
    if (store_.check(output.object) == ObjectState::intact) {
      renewed_.push_back(output.object);
      continue;
    }
    // Whether it is there still is seen when it is used.
    const auto elsewhere = history_->machines_with(output.object);
    if (machines_ != nullptr && !machines_->known(elsewhere).empty()) continue;
    lost =
        elsewhere.empty()
            ? fmt::format("output '{}' of its earlier run ({}) is missing or damaged in the store",
                          output.name, result->run_id)
            : fmt::format(
                  "output '{}' of its earlier run ({}) lies on '{}', which is no compute "
                  "target of this workspace any more",
                  output.name, result->run_id, printable(elsewhere.front()));
    return std::nullopt;
  }
  return result;
}

}  // namespace mlpipe
