#include "engine/remembered_plan.h"

#include <algorithm>
#include <cstring>
#include <unordered_set>
#include <utility>

#include "base/look_again.h"

namespace mlpipe {

namespace {

LookOwner owner_of(std::string_view kind, std::string_view name) {
  std::string text(kind);
  text += '\0';
  text += name;
  const Hash hash = hash_bytes(text);
  LookOwner owner = 0;
  std::memcpy(&owner, hash.view().data(), sizeof owner);
  return owner == for_everybody ? 1 : owner;
}

using Owners = std::unordered_set<LookOwner>;

bool is_one_of(const std::vector<LookOwner>& owners, const Owners& which) {
  return std::any_of(owners.begin(), owners.end(),
                     [&which](LookOwner owner) { return which.contains(owner); });
}

bool has_other_variables(const Step& step, const std::map<std::string, std::string>& now,
                         const std::map<std::string, std::string>& then) {
  return std::any_of(step.settings->pass_environment.begin(), step.settings->pass_environment.end(),
                     [&](const std::string& name) {
                       const auto found = then.find(name);
                       return found == then.end() || found->second != now.at(name);
                     });
}

}  // namespace

LookOwner owner_of_step(const Step& step) { return owner_of("step", step.name); }

LookOwner owner_of_path(const std::filesystem::path& path) {
  return owner_of("path", path.native());
}

LookOwner owner_of_sources(std::string_view key) { return owner_of("sources", key); }

std::string hash_of_variable(const Variables& caller, const std::string& name) {
  const auto found = caller.find(name);
  return found == caller.end() ? std::string() : hash_bytes(found->second).hex();
}

std::map<std::string, std::string> hashes_of_passed_variables(const Pipeline& pipeline,
                                                              const Variables& caller) {
  std::map<std::string, std::string> hashes;
  for (const auto& step : pipeline.steps)
    for (const auto& name : step.settings->pass_environment)
      hashes[name] = hash_of_variable(caller, name);
  return hashes;
}

bool take_looks(RememberedPlan& plan, RememberedLooks last) {
  if (plan.looks != last.id || plan.seen.owners.size() != last.looks.size()) return false;
  plan.seen.looks = std::move(last.looks);
  return true;
}

bool still_holds_for_everybody(const RememberedPlan& plan, WorkerPool& pool) {
  const auto& [looks, owners, blind] = plan.seen;
  std::vector<Look> for_all;
  for (std::size_t i = 0; i < looks.size(); ++i)
    if (std::find(owners[i].begin(), owners[i].end(), for_everybody) != owners[i].end())
      for_all.push_back(looks[i]);
  return still_hold(for_all, pool);
}

bool keep_what_holds(RememberedPlan& plan, const std::vector<char>& holds, const Pipeline& pipeline,
                     const Variables& caller) {
  if (plan.steps.size() != pipeline.steps.size()) return false;
  const auto& owners = plan.seen.owners;
  Owners changed;
  for (std::size_t i = 0; i < owners.size(); ++i)
    if (holds.at(i) == 0) changed.insert(owners[i].begin(), owners[i].end());
  if (changed.contains(for_everybody)) return false;
  const auto variables = hashes_of_passed_variables(pipeline, caller);
  for (std::size_t i = 0; i < plan.steps.size(); ++i) {
    auto& step = plan.steps[i];
    if (step && (is_one_of(step->owners, changed) ||
                 has_other_variables(pipeline.steps[i], variables, plan.passed_variables)))
      step.reset();
  }
  return true;
}

}  // namespace mlpipe
