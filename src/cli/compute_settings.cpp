#include "cli/compute_settings.h"

#include <fmt/format.h>

#include <chrono>
#include <string_view>

#include "base/clock.h"
#include "base/text.h"
#include "engine/compute_judgement.h"

namespace mlpipe {

namespace {

using nlohmann::json;

/// Puts the settings of one target together.
class SettingsList {
 public:
  /// A number or text; without one, `initial` holds, which `initial_text` explains.
  template <class Value>
  void add(const char* key, const std::optional<Value>& value, const json& initial,
           const std::string& initial_text) {
    if (value)
      list_.push_back({key, *value, fmt::format("{}", *value), false});
    else
      list_.push_back({key, initial, initial_text, true});
  }
  /// A text that is empty if it was not given.
  void add_text(const char* key, const std::string& value, const std::string& initial_text) {
    if (value.empty())
      list_.push_back({key, json(), initial_text, true});
    else
      list_.push_back({key, value, printable(value), false});
  }
  void add(ComputeSetting setting) { list_.push_back(std::move(setting)); }

  [[nodiscard]] std::vector<ComputeSetting> take() { return std::move(list_); }

 private:
  std::vector<ComputeSetting> list_;
};

/// Of every target; `processors` where they are known.
void add_shared(const ComputeTargetConfig& target, std::optional<unsigned> processors,
                SettingsList& list) {
  const json cpus = target.cpus ? json(*target.cpus) : processors ? json(*processors) : json();
  list.add("max_concurrent_steps", target.max_concurrent_steps, cpus,
           cpus.is_null() ? "as many as the machine has processors"
                          : fmt::format("{}, as many as its cpus", cpus.dump()));
  list.add("cpus", target.cpus, cpus,
           cpus.is_null() ? "all that the machine has"
                          : fmt::format("{}, all that the machine has", cpus.dump()));
  if (target.memory_bytes)
    list.add({"memory", *target.memory_bytes, size_text(*target.memory_bytes), false});
  else
    list.add({"memory", json(), "not counted", true});
  if (target.gpus)
    list.add({"gpus", *target.gpus, fmt::format("{}", fmt::join(*target.gpus, ", ")), false});
  else
    list.add({"gpus", json::array(), "none", true});
}

void add_login(const SshLogin& login, SettingsList& list) {
  const std::string left_to_ssh = "what ssh and its settings say";
  const SshLogin initial;
  list.add_text("host", login.host, "");
  list.add_text("user", login.user, left_to_ssh);
  list.add("port", login.port == 0 ? std::nullopt : std::optional(login.port), json(), left_to_ssh);
  list.add_text("identity_file", login.identity_file, left_to_ssh);
  list.add_text("ssh_config", login.ssh_config, "~/.ssh/config and the system's");
  list.add({"root", login.root, printable(login.root), login.root == initial.root});
  list.add_text("helper", login.helper, "the one that mlpipe brings along");
  list.add_text("python", login.python, "python3 on PATH over there");
  list.add({"fetch", login.fetches_all ? "always" : "when_needed",
            login.fetches_all ? "always" : "when_needed", !login.fetches_all});
  list.add({"reconnect_timeout", std::chrono::duration<double>(login.reconnect_timeout).count(),
            duration_text(login.reconnect_timeout),
            login.reconnect_timeout == initial.reconnect_timeout});
  list.add({"orphan_timeout", std::chrono::duration<double>(login.orphan_timeout).count(),
            duration_text(login.orphan_timeout), login.orphan_timeout == initial.orphan_timeout});
}

}  // namespace

std::vector<ComputeSetting> compute_settings(const ComputeTargetConfig& target) {
  SettingsList list;
  if (target.ssh) add_login(*target.ssh, list);
  if (target.type == "local")
    add_shared(target, own_machine().processors, list);
  else
    add_shared(target, std::nullopt, list);
  return list.take();
}

json location_json(const SpecLocation& location) {
  if (location.file->empty()) return nullptr;
  return {{"file", *location.file}, {"line", location.line}, {"column", location.column}};
}

}  // namespace mlpipe
