#include "engine/remote_machines.h"

#include <fmt/format.h>
#include <sys/random.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <utility>

#include "base/error.h"
#include "base/platform.h"
#include "base/process.h"
#include "base/text.h"
#include "engine/state_directory.h"
#include "remote/embedded_helper.h"
#include "spec/read_source.h"

namespace mlpipe {

namespace fs = std::filesystem;

namespace {

/// The Python that an environment is over there; empty: the one on PATH.
std::string python_there(const ComputeTargetConfig& target, const EnvironmentConfig& environment,
                         const std::string& language) {
  if (language != "python") return {};
  return environment.python.empty() ? target.ssh->python : environment.python;
}

Variables to_variables(const std::vector<std::string>& list) {
  Variables variables;
  for (const auto& text : list)
    if (const auto equals = text.find('='); equals != std::string::npos)
      variables.emplace(text.substr(0, equals), text.substr(equals + 1));
  return variables;
}

constexpr std::string_view no_workspace_yet = "none-yet";

/// Of a place that goes with the helper that works there.
std::string new_passing_name() {
  Hash name;
  if (::getrandom(name.bytes.data(), name.bytes.size(), 0) < 0)
    fail_errno(errno, "cannot get random bytes");
  return std::string(passing_place) + name.hex().substr(0, 16);
}

/// A note of its own for each machine, made before anything is sent. Where none can be written,
/// nothing is recorded either, and a run does not get far. True for the first time.
bool note_machine(const StateDirectory& state, const std::string& machine) {
  const LookRecorder::Pause aside;  // no plan goes by it
  if (!state.exists()) return false;
  const auto note = state.machines() / hash_bytes(machine).hex();
  if (stat_link(note)) return false;
  try {
    make_folders(state.machines());
    write_file_atomically(note, machine);
    return true;
  } catch (const Error&) {
    return false;
  }
}

}  // namespace

SshSettings ssh_settings_of(const ComputeTargetConfig& target) {
  const auto& login = target.ssh.value();
  return {.target = target.name,
          .host = login.host,
          .user = login.user,
          .port = login.port,
          .identity_file = login.identity_file,
          .ssh_config = login.ssh_config,
          .root = login.root};
}

std::string missing_key_text(const ComputeTargetConfig& target) {
  const LookRecorder::Pause aside;  // no plan goes by it
  const auto& file = target.ssh.value().identity_file;
  if (file.empty()) return {};
  const auto look = stat_file(file);
  if (look && look->kind == FileKind::file) return {};
  return fmt::format("the identity_file '{}' {}", printable(file.native()),
                     look ? "is not a file" : "does not exist");
}

std::string missing_key_warning(const ComputeTargetConfig& target) {
  if (!target.ssh) return {};
  const auto missing = missing_key_text(target);
  if (missing.empty()) return {};
  const auto message =
      fmt::format("{}: that of the compute target '{}'", missing, printable(target.name));
  return located_warning(target.ssh->identity_location, message, std::string(missing_key_advice));
}

std::vector<std::string> noted_machines(const StateDirectory& state) {
  std::vector<std::string> machines;
  if (!stat_link(state.machines())) return machines;
  for (const auto& note : list_names(state.machines()))
    if (parse_hash(note)) machines.push_back(read_file(state.machines() / note));
  return machines;
}

std::string workspace_name_elsewhere(const fs::path& state_directory) {
  const StateDirectory state{state_directory};
  const bool has_number = stat_link(state.number()).has_value();
  if (!has_number && !state.exists()) return std::string(no_workspace_yet);
  const auto number = has_number ? read_file(state.number()) : std::string();
  std::array<char, 256> host{};
  (void)::gethostname(host.data(), host.size() - 1);
  std::error_code problem;
  const auto real = fs::weakly_canonical(state_directory, problem);
  return hash_bytes(number + '\0' + host.data() + '\0' +
                    (problem ? state_directory : real).native())
      .hex()
      .substr(0, 16);
}

fs::path remote_content(const fs::path& root, const Hash& object) {
  return ObjectStore::content_folder_in(root / "objects", object);
}

std::string machine_name(const ComputeTargetConfig& target) {
  const auto& login = target.ssh.value();
  std::string name = login.user.empty() ? "" : login.user + "@";
  name += login.host;
  if (login.port != 0) name += fmt::format(":{}", login.port);
  name += " " + login.root;
  if (!login.ssh_config.empty()) name += " " + login.ssh_config.native();
  return name;
}

RemoteMachines::RemoteMachines(const fs::path& state_directory,
                               const std::vector<ComputeTargetConfig>& targets)
    : state_{state_directory}, workspace_(workspace_name_elsewhere(state_directory)) {
  for (const auto& target : targets)
    if (target.ssh) targets_.emplace(machine_name(target), &target);
}

std::vector<std::string> RemoteMachines::known(std::vector<std::string> names) const {
  std::erase_if(names, [this](const std::string& name) { return !targets_.contains(name); });
  return names;
}

const ComputeTargetConfig& RemoteMachines::target_called(const std::string& name) const {
  return *targets_.at(name);
}

RemoteHost& RemoteMachines::host_called(const std::string& name) {
  return host(target_called(name));
}

void RemoteMachines::tell(JobEventSink sink, std::function<void(const MachineNews&)> news,
                          TransferTold transfers) {
  const std::lock_guard lock(told_mutex_);
  sink_ = std::move(sink);
  news_ = std::move(news);
  transfers_ = std::move(transfers);
  if (!news_) return;
  for (auto& text : std::exchange(untold_, {})) {
    MachineNews earlier;
    earlier.text = std::move(text);
    news_(earlier);
  }
}

std::vector<std::string> RemoteMachines::take_untold() {
  const std::lock_guard lock(told_mutex_);
  return std::exchange(untold_, {});
}

void RemoteMachines::tell_people(const MachineNews& news) {
  const std::lock_guard lock(told_mutex_);
  if (news_)
    news_(news);
  else if (!news.text.empty())
    untold_.push_back(news.text);
}

bool RemoteMachines::is_first_word_of(const std::string& machine) {
  const std::lock_guard lock(told_mutex_);
  return told_away_.insert(machine).second;
}

/// Not in each run: where ssh gets in without it, people know from the first one.
void RemoteMachines::tell_missing_key(const ComputeTargetConfig& target) {
  if (auto warning = missing_key_warning(target); !warning.empty())
    tell_people({.text = std::move(warning), .compute_target = target.name, .why = {}});
}

void RemoteMachines::tell_unreached(const ComputeTargetConfig& target, const NoConnection& error) {
  if (is_first_word_of(machine_name(target)))
    tell_people({.text = fmt::format("{}: steps that have to run there fail", error.what()),
                 .compute_target = target.name,
                 .why = {}});
}

void RemoteMachines::cancel_run() {
  const std::lock_guard lock(machines_mutex_);
  is_run_canceled_ = true;
  for (const auto& [name, machine] : machines_)
    if (machine.host) machine.host->cancel_run();
}

void RemoteMachines::give_up_at_once() {
  const std::lock_guard lock(machines_mutex_);
  for (const auto& [name, machine] : machines_)
    if (machine.host) machine.host->give_up_at_once();
}

RemoteHost& RemoteMachines::host(const ComputeTargetConfig& target) {
  const std::lock_guard lock(machines_mutex_);
  auto& machine = machines_[machine_name(target)];
  if (machine.host) return *machine.host;
  if (note_machine(state_, machine_name(target))) tell_missing_key(target);
  RemoteHost::Options options{
      .ssh = ssh_settings_of(target),
      .helper = {},
      .workspace = workspace_ == no_workspace_yet ? new_passing_name() : workspace_,
      .patience = target.ssh->reconnect_timeout,
      .orphan_timeout = target.ssh->orphan_timeout,
      .platform = {}};
  if (target.ssh->helper.empty()) {
    options.helper = embedded_helper();
    options.platform = platform_name();
  } else {
    try {
      machine.helper = read_file(target.ssh->helper);
    } catch (const Error& error) {
      throw Error(ErrorKind::invalid_file,
                  located_error(target.location, error.what(),
                                "name a mlpipe_helper that was built for that machine"));
    }
    options.helper = helper_image(machine.helper);
  }
  options.told = [this](const MachineNews& news) { tell_people(news); };
  options.transferred = [this](const TransferNews& news) {
    const std::lock_guard guard(told_mutex_);
    if (transfers_) transfers_(news);
  };
  machine.host = std::make_unique<RemoteHost>(std::move(options), [this](const JobEvent& event) {
    const std::lock_guard guard(told_mutex_);
    if (sink_) sink_(event);
  });
  if (is_run_canceled_) machine.host->cancel_run();
  return *machine.host;
}

Variables RemoteMachines::base_environment_of(const ComputeTargetConfig& target) {
  return base_environment(to_variables(host(target).greeting().environment));
}

RemoteInterpreter RemoteMachines::interpreter(const ComputeTargetConfig& target,
                                              const EnvironmentConfig& environment,
                                              const std::string& language) {
  auto answer = host(target).identify({.request = {},
                                       .language = language,
                                       .program = python_there(target, environment, language),
                                       .environment = as_list(base_environment_of(target))});
  return {.program = answer.program,
          .identity = {.language = answer.language,
                       .version = answer.version,
                       .distributions = std::move(answer.distributions)}};
}

std::string RemoteMachines::way_there(const ComputeTargetConfig& target) {
  const std::lock_guard lock(ways_mutex_);
  const auto [way, is_new] = ways_.try_emplace(machine_name(target));
  if (!is_new) return way->second;
  const auto said = run_process({.argv = ssh_settings_command(ssh_settings_of(target)),
                                 .work_directory = "/",
                                 .environment = ssh_environment(),
                                 .stdin_text = {}});
  return way->second = said.ok() ? way_to(said.out) : std::string();
}

/// What `ask` says, or said the last time if the machine is away now.
template <class Ask>
MachineAnswer RemoteMachines::asked_or_remembered(const ComputeTargetConfig& target,
                                                  const MachineQuestion& question, const Ask& ask,
                                                  bool& is_remembered) {
  const auto folder = state_.machine_answers();
  is_remembered = false;
  try {
    MachineAnswer answer{.at = now(), .interpreter = ask()};
    if (state_.exists()) remember_answer(folder, question, answer);
    return answer;
  } catch (const NoConnection& error) {
    if (error.may_be_another()) throw;
    auto answer = last_answer(folder, question);
    if (!answer) throw;
    is_remembered = true;
    if (is_first_word_of(question.machine))
      tell_people(
          {.text = fmt::format("compute target '{}' cannot be reached: its packages are taken as "
                               "they were on {}, and steps that have to run there fail ({})",
                               target.name, local_time_text(answer->at), error.brief()),
           .compute_target = target.name,
           .why = {}});
    return *std::move(answer);
  }
}

RemoteMachines::KnownInterpreter RemoteMachines::known_interpreter(
    const ComputeTargetConfig& target, const EnvironmentConfig& environment,
    const std::string& language) {
  bool is_remembered = false;
  auto answer = asked_or_remembered(
      target,
      {.machine = machine_name(target),
       .language = language,
       .program = python_there(target, environment, language),
       .way = way_there(target)},
      [&] { return interpreter(target, environment, language); }, is_remembered);
  KnownInterpreter known{.interpreter = std::move(answer.interpreter), .as_of = {}};
  if (is_remembered) known.as_of = answer.at;
  return known;
}

std::string RemoteMachines::known_platform(const ComputeTargetConfig& target) {
  bool is_remembered = false;
  return asked_or_remembered(
             target,
             {.machine = machine_name(target),
              .language = "platform",
              .program = {},
              .way = way_there(target)},
             [&] {
               return RemoteInterpreter{.program = {},
                                        .identity = {.language = "platform",
                                                     .version = host(target).greeting().platform,
                                                     .distributions = {}}};
             },
             is_remembered)
      .interpreter.identity.version;
}

}  // namespace mlpipe
