#include "spec/read_workspace.h"

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "base/error.h"
#include "base/file.h"
#include "base/text.h"
#include "base/when.h"
#include "spec/data_paths.h"
#include "spec/fields.h"
#include "spec/problems.h"
#include "spec/read_source.h"
#include "spec/scalars.h"
#include "spec/yaml_document.h"

namespace mlpipe {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view workspace_file = "mlpipe.yaml";
constexpr std::string_view state_folder = ".mlpipe";

/// `~` at the start is the home folder.
std::string with_home(std::string text) {
  if (text != "~" && !text.starts_with("~/")) return text;
  const char* home = std::getenv("HOME");
  return home == nullptr ? text : home + text.substr(1);
}

/// Only blank lines and comments.
bool holds_nothing(const SourceText& source) {
  const auto lines = split(source.text(), '\n');
  return std::all_of(lines.begin(), lines.end(), [](std::string_view line) {
    const auto content = trim(line);
    return content.empty() || content.front() == '#';
  });
}

class WorkspaceReader {
 public:
  WorkspaceReader(Workspace& workspace, Problems& problems)
      : workspace_(workspace), problems_(problems) {}

  void read(const YamlValue& root) {
    const Fields fields(root, Place::workspace, Spelling::ours, "the workspace file", problems_);
    for (const auto& entry : entries(fields, "compute_targets")) read_target(entry);
    for (const auto& entry : entries(fields, "environments")) read_environment(entry);
    for (const auto& entry : entries(fields, "datastores")) read_datastore(entry);
    if (const auto state = text(fields, "state_directory")) read_state_directory(*state);
    if (const auto diff = text(fields, "git_diff"))
      workspace_.record_git_diff = to_boolean(*diff, problems_).value_or(true);
    if (const auto most = text(fields, "max_concurrent_runs"))
      workspace_.max_concurrent_runs = to_integer(*most, 1, problems_);
    if (const auto isolation = text(fields, "isolation"))
      workspace_.isolation = to_isolation(*isolation, problems_).value_or(Isolation::none);
  }

 private:
  const std::vector<YamlValue::Entry>& entries(const Fields& fields, std::string_view meaning) {
    static const std::vector<YamlValue::Entry> none;
    const auto* value = fields.find(meaning);
    if (value == nullptr) return none;
    if (!value->is_map())
      problems_.error(value->mark, fmt::format("'{}' must be a map from names to settings, not {}",
                                               meaning, kind_name(*value)));
    return value->entries;
  }

  std::optional<NamedText> text(const Fields& fields, std::string_view meaning) {
    const auto* value = fields.find(meaning);
    if (value == nullptr) return std::nullopt;
    if (!value->is_scalar()) {
      problems_.error(value->mark, fmt::format("'{}' must be a single value, not {}", meaning,
                                               kind_name(*value)));
      return std::nullopt;
    }
    return NamedText{
        .text = value->text, .mark = value->mark, .what = fmt::format("'{}'", meaning)};
  }

  /// As stat_file(), but what cannot be looked at is told at its place.
  std::optional<FileStat> looked_at(const fs::path& path, const NamedText& written) {
    try {
      return stat_file(path);
    } catch (const Error& error) {
      problems_.error(written.mark, error.what(), "name another one");
      return std::nullopt;
    }
  }

  void read_state_directory(const NamedText& state) {
    const auto path = resolve_path(workspace_.root, with_home(state.text));
    const auto from_there = workspace_.root.lexically_relative(path).native();
    const auto stat = looked_at(path, state);
    if (state.text.empty() || from_there == "." || !from_there.starts_with(".."))
      problems_.error(state.mark, "'state_directory' must be a folder of its own",
                      "for example .mlpipe, or /var/tmp/mlpipe-NAME on a local disk");
    else if (stat && stat->kind != FileKind::folder)
      problems_.error(
          state.mark,
          fmt::format("the state directory '{}' is not a folder", printable(path.string())),
          "move it away, or name another folder");
    workspace_.state_directory = path;
  }

  /// The type of an entry. What other types than `known` have for keys is not known here: whoever
  /// serves the type reads them.
  std::string type_of(const YamlValue::Entry& entry, const std::string& initial) {
    const auto* type = entry.value->find("type");
    if (type == nullptr || type->is_null()) return initial;
    if (type->is_scalar() && !type->text.empty()) return type->text;
    problems_.error(type->mark, "'type' must be a single word",
                    fmt::format("for example type: {}", initial));
    return initial;
  }

  void read_target(const YamlValue::Entry& entry) {
    ComputeTargetConfig target{.name = entry.key,
                               .type = type_of(entry, "local"),
                               .location = problems_.source().location(entry.mark)};
    // Keys that only other types have are theirs to judge.
    Problems ignored(problems_.source());
    const Fields fields(*entry.value, Place::compute_target, Spelling::ours,
                        fmt::format("the compute target '{}'", entry.key),
                        is_served(target.type) || !entry.value->is_map() ? problems_ : ignored);
    if (const auto most = text(fields, "max_concurrent_steps"))
      target.max_concurrent_steps = to_integer(*most, 1, problems_);
    if (const auto cpus = text(fields, "cpus")) target.cpus = to_integer(*cpus, 1, problems_);
    if (const auto memory = text(fields, "memory"))
      target.memory_bytes = to_memory(*memory, problems_);
    if (const auto* gpus = fields.find("gpus")) target.gpus = read_gpus(*gpus);
    if (target.type == "ssh")
      target.ssh = read_login(fields, entry);
    else if (target.type == "local")
      refuse_login(fields);
    workspace_.compute_targets.push_back(std::move(target));
  }

  [[nodiscard]] static bool is_served(const std::string& type) {
    return type == "local" || type == "ssh";
  }

  /// Of what only a machine behind SSH has.
  void refuse_login(const Fields& fields) {
    for (const char* key : {"host", "user", "port", "identity_file", "ssh_config", "root", "helper",
                            "python", "reconnect_timeout", "orphan_timeout", "fetch"})
      if (const auto* found = fields.entry(key))
        problems_.error(
            found->mark,
            fmt::format("'{}' is for compute targets of type ssh, and this one is local", key),
            "add `type: ssh`, or take it out");
  }

  SshLogin read_login(const Fields& fields, const YamlValue::Entry& entry) {
    SshLogin login;
    const auto path = [&](const char* key) {
      const auto found = text(fields, key);
      return found ? fs::path(resolve_path(workspace_.root, with_home(found->text))) : fs::path();
    };
    if (const auto host = text(fields, "host")) login.host = word_of(*host);
    if (login.host.empty() && fields.find("host") == nullptr)
      problems_.error(entry.mark,
                      fmt::format("the compute target '{}' of type ssh has no 'host'", entry.key),
                      "name a machine as for the program ssh: host: gpu1");
    if (const auto user = text(fields, "user")) login.user = word_of(*user);
    if (const auto port = text(fields, "port")) {
      constexpr int highest_port = 65535;
      login.port = to_integer(*port, 1, problems_).value_or(0);
      if (login.port > highest_port)
        problems_.error(port->mark, "'port' must be 65535 at most", "22 is usual");
    }
    login.identity_file = path("identity_file");
    if (const auto key = text(fields, "identity_file"))
      login.identity_location = problems_.source().location(key->mark);
    login.ssh_config = path("ssh_config");
    login.helper = path("helper");
    if (const auto root = text(fields, "root")) login.root = remote_folder(*root);
    if (const auto python = text(fields, "python")) {
      login.python = python->text;
      login.python_location = problems_.source().location(python->mark);
      if (!fs::path(login.python).is_absolute())
        problems_.error(python->mark, "'python' must be an absolute path over there",
                        "for example /usr/bin/python3");
    }
    if (const auto fetch = text(fields, "fetch")) {
      login.fetches_all = fetch->text == "always";
      if (fetch->text != "always" && fetch->text != "when_needed")
        problems_.error(fetch->mark, "'fetch' must be always or when_needed",
                        "when_needed, the default, leaves outputs where they were made until "
                        "another machine or you need them");
    }
    take_duration(fields, "reconnect_timeout", "for example 10m, 30s, 2h", login.reconnect_timeout);
    take_duration(fields, "orphan_timeout", "for example 7d, 12h, 30m", login.orphan_timeout);
    if (login.orphan_timeout < std::chrono::seconds(1))
      problems_.error(text(fields, "orphan_timeout")->mark, "'orphan_timeout' must be 1s at least",
                      "for example 7d: for so long a step goes on that nobody watches");
    return login;
  }

  void take_duration(const Fields& fields, const char* key, const char* example,
                     std::chrono::milliseconds& into) {
    const auto written = text(fields, key);
    if (!written) return;
    if (const auto duration = parse_duration(written->text))
      into = std::chrono::duration_cast<std::chrono::milliseconds>(*duration);
    else
      problems_.error(written->mark, fmt::format("'{}' must be a duration", key), example);
  }

  /// A name that goes to ssh as one word and is no option.
  std::string word_of(const NamedText& name) {
    const bool strange = std::any_of(name.text.begin(), name.text.end(), [](char c) {
      return static_cast<unsigned char>(c) <= ' ' || c == '\x7f' || c == '\'' || c == '"';
    });
    if (name.text.empty() || name.text.front() == '-' || strange)
      problems_.error(
          name.mark,
          fmt::format("{} must be a name, and '{}' is none", name.what, printable(name.text)),
          "for example host: gpu1");
    return name.text;
  }

  std::string remote_folder(const NamedText& root) {
    const auto& folder = root.text;
    if (!folder.starts_with('/') && folder != "~" && !folder.starts_with("~/"))
      problems_.error(root.mark, "'root' must be an absolute path over there, or begin with ~/",
                      "for example ~/.cache/mlpipe or /scratch/me/mlpipe");
    return folder;
  }

  std::optional<std::vector<int>> read_gpus(const YamlValue& list) {
    std::vector<int> gpus;
    if (!list.is_sequence()) {
      problems_.error(
          list.mark,
          fmt::format("'gpus' must be a list of device numbers, not {}", kind_name(list)),
          "for example gpus: [0, 1]");
      return std::nullopt;
    }
    for (const auto* item : list.items) {
      if (!item->is_scalar())
        problems_.error(item->mark, "a GPU must be a device number", "for example gpus: [0, 1]");
      else if (const auto number =
                   to_integer({item->text, item->mark, "the device number of a GPU"}, 0, problems_))
        gpus.push_back(*number);
    }
    return gpus;
  }

  void read_environment(const YamlValue::Entry& entry) {
    EnvironmentConfig environment{.name = entry.key,
                                  .type = type_of(entry, "system"),
                                  .location = problems_.source().location(entry.mark)};
    Problems ignored(problems_.source());
    const Fields fields(
        *entry.value, Place::environment, Spelling::ours,
        fmt::format("the environment '{}'", entry.key),
        environment.type == "system" || !entry.value->is_map() ? problems_ : ignored);
    if (const auto python = text(fields, "python"))
      environment.python = resolve_path(workspace_.root, with_home(python->text)).string();
    workspace_.environments.push_back(std::move(environment));
  }

  void read_datastore(const YamlValue::Entry& entry) {
    Problems ignored(problems_.source());
    const auto type = type_of(entry, "local");
    const Fields fields(*entry.value, Place::datastore, Spelling::ours,
                        fmt::format("the datastore '{}'", entry.key),
                        type == "local" || !entry.value->is_map() ? problems_ : ignored);
    const auto path = text(fields, "path");
    if (type != "local") {
      problems_.warning(entry.mark,
                        fmt::format("mlpipe does not reach the datastore '{}' of type '{}'",
                                    printable(entry.key), printable(type)),
                        "expected {type: local, path: …}; what is on it cannot be read");
    } else if (!path || path->text.empty()) {
      problems_.error(entry.mark,
                      fmt::format("the datastore '{}' has no path", printable(entry.key)),
                      "expected path: …, the folder that it stands for");
    } else {
      workspace_.datastores[entry.key] = resolve_path(workspace_.root, with_home(path->text));
    }
  }

  Workspace& workspace_;
  Problems& problems_;
};

/// Those that exist in each workspace, unless the file says where else they are.
void add_default_datastores(Workspace& workspace) {
  for (const auto* name : {"default", "workspaceblobstore", "workspacefilestore"})
    workspace.datastores.emplace(name, workspace.state_directory / "datastores" / name);
}

Workspace read_workspace_file(const fs::path& root) {
  Workspace workspace;
  workspace.root = resolve_path(fs::current_path(), root.string());
  workspace.state_directory = workspace.root / state_folder;
  const auto file = workspace.root / workspace_file;
  if (!stat_link(file)) return workspace;
  const auto source = read_source(file, "workspace file");
  workspace.file = file;
  Problems problems(source);
  if (holds_nothing(source)) return workspace;
  const auto document = parse_yaml(source, problems);
  if (document.root() != nullptr) WorkspaceReader(workspace, problems).read(*document.root());
  problems.throw_if_any();
  workspace.warnings = problems.warnings();
  return workspace;
}

}  // namespace

fs::path find_workspace_root(const fs::path& start, const std::optional<fs::path>& explicit_root) {
  if (explicit_root) {
    auto root = resolve_path(fs::current_path(), explicit_root->string());
    const auto stat = stat_file(root);
    if (!stat || stat->kind != FileKind::folder)
      fail(ErrorKind::usage, "the workspace '{}' {} (-C DIR chooses another)",
           printable(root.string()), stat ? "is not a folder" : "does not exist");
    return root;
  }
  auto first = resolve_path(fs::current_path(), start.string());
  for (auto folder = first;; folder = folder.parent_path()) {
    if (stat_file(folder / workspace_file) || stat_file(folder / state_folder)) return folder;
    if (!folder.has_relative_path()) return first;
  }
}

Workspace read_workspace(const fs::path& root) {
  auto workspace = read_workspace_file(root);
  add_default_datastores(workspace);
  return workspace;
}

}  // namespace mlpipe
