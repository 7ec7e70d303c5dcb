// Commands about what is registered under names and versions.
#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "cli/command_set.h"
#include "cli/commands.h"
#include "registry/asset_names.h"

namespace mlpipe {

namespace {

/// One of the four commands while its own commands are being declared.
struct AssetCommands {
  CommandSet& set;
  CLI::App& parent;
  AssetKind kind;
  std::string value;  ///< What completion calls a name of this kind: "MODEL".

  using Function = int (*)(AssetKind, const Arguments&);

  [[nodiscard]] CLI::App& add(const char* name, const std::string& description,
                              const std::string& examples, Function function) const {
    return set.add(
        {name, description.c_str(), examples.c_str()},
        [kind = kind, function](const Arguments& arguments) { return function(kind, arguments); },
        &parent);
  }
};

AssetCommands add_kind(CommandSet& set, AssetKind kind, const char* description) {
  CLI::App* parent = set.app.add_subcommand(std::string(to_text(kind)), description);
  parent->require_subcommand(1);
  std::string value(to_text(kind));
  std::transform(value.begin(), value.end(), value.begin(),
                 [](char c) { return static_cast<char>(c - 'a' + 'A'); });
  return {.set = set, .parent = *parent, .kind = kind, .value = value};
}

/// NAME, or --name as az has it, with --version and --label.
void add_reference(const AssetCommands& commands, CLI::App& command, const char* help) {
  Arguments& arguments = commands.set.arguments;
  command.add_option(commands.value, arguments.asset, help);
  command.add_option("-n,--name", arguments.asset_name, "The same as the argument")
      ->type_name(commands.value);
  command.add_option("-v,--version", arguments.asset_version, "This version")->type_name("VERSION");
  command
      .add_option("-l,--label", arguments.asset_label,
                  "The version with this label; `latest` is the newest that is not archived")
      ->type_name("LABEL");
}

void add_content_options(const AssetCommands& commands, CLI::App& create) {
  Arguments& arguments = commands.set.arguments;
  if (const auto& types = asset_types(commands.kind); !types.empty()) {
    create
        .add_option("--path", arguments.asset_path,
                    "What it is: a file, a folder, azureml://datastores/NAME/paths/PATH, or "
                    "azureml://jobs/RUN/outputs/OUTPUT")
        ->type_name("PATH");
    commands.set.add_choice(create, "--type", arguments.asset_type, types,
                            "Its type, by default the first of these");
  }
  if (commands.kind != AssetKind::environment) return;
  auto* const file = create.get_option("--file");
  create.add_option("-i,--image", arguments.image, "A container image")
      ->type_name("IMAGE")
      ->excludes(file);
  create.add_option("-c,--conda-file", arguments.conda_file, "A conda file, with an image")
      ->type_name("FILE")
      ->excludes(file);
  create
      .add_option("-b,--build-context", arguments.asset_path,
                  "A folder with a Dockerfile, instead of an image")
      ->type_name("DIR")
      ->excludes(file);
  create
      .add_option("-d,--dockerfile-path", arguments.dockerfile,
                  "Where the Dockerfile is in that folder")
      ->type_name("PATH")
      ->excludes(file);
}

void declare_create(const AssetCommands& commands, const char* examples) {
  Arguments& arguments = commands.set.arguments;
  CLI::App& create = commands.add(
      "create",
      fmt::format("Register a version of {} {}",
                  commands.kind == AssetKind::environment ? "an" : "a", asset_word(commands.kind)),
      fmt::format("{}Without a version it is the next one: 1, 2, … A version never\n"
                  "changes: to register an equal one again does nothing, another one\n"
                  "is refused.\n",
                  examples),
      create_asset_command);
  create.add_option("-f,--file", arguments.asset_file, "The YAML file that describes it")
      ->type_name("FILE");
  create.add_option("-n,--name", arguments.asset_name, "Its name, instead of the file's")
      ->type_name(commands.value);
  create.add_option("-v,--version", arguments.asset_version, "Its version, instead of the file's")
      ->type_name("VERSION");
  add_content_options(commands, create);
  create
      .add_option("--description", arguments.description, "Its description, instead of the file's")
      ->type_name("TEXT");
  commands.set.add_list(create, "--tag", arguments.tags, "TAG",
                        "Tag it, as NAME=VALUE or NAME, besides the file's tags");
  create
      .add_option("--label", arguments.asset_label,
                  "Let this label name the version from now on; of a component, `default` is what "
                  "its name alone means")
      ->type_name("LABEL");
  add_json_flag(commands.set, create);
}

void declare_looking(const AssetCommands& commands) {
  Arguments& arguments = commands.set.arguments;
  const auto word = to_text(commands.kind);
  CLI::App& list = commands.add(
      "list", "List the newest version of each, or all versions of one",
      fmt::format("  mlpipe {} list\n  mlpipe {} list NAME --include-archived\n", word, word),
      list_assets_command);
  list.add_option(commands.value, arguments.asset, "List all versions of this name");
  list.add_option("-n,--name", arguments.asset_name, "The same as the argument")
      ->type_name(commands.value);
  list.add_flag("--include-archived", arguments.with_archived, "List archived versions, too");
  add_json_flag(commands.set, list);
  CLI::App& show = commands.add("show", "Show one version with all that is known of it",
                                fmt::format("  mlpipe {} show NAME\n  mlpipe {} show NAME:2\n"
                                            "  mlpipe {} show NAME@latest --json\n",
                                            word, word, word),
                                show_asset_command);
  add_reference(commands, show, "NAME, NAME:VERSION or NAME@LABEL");
  add_json_flag(commands.set, show);
}

void declare_archiving(const AssetCommands& commands) {
  const auto word = to_text(commands.kind);
  CLI::App& archive = commands.add(
      "archive", "Hide a version, or all of a name, from lists and `latest`",
      fmt::format("  mlpipe {} archive NAME:1\n  mlpipe {} archive NAME\n"
                  "It can still be used by its version, and nothing of it is removed.\n",
                  word, word),
      archive_asset_command);
  add_reference(commands, archive, "NAME:VERSION or NAME@LABEL; of NAME, all versions");
  add_json_flag(commands.set, archive);
  CLI::App& restore = commands.add(
      "restore", "Take back what `archive` did",
      fmt::format("  mlpipe {} restore NAME:1\n  mlpipe {} restore NAME\n", word, word),
      restore_asset_command);
  add_reference(commands, restore, "NAME:VERSION; of NAME, all versions");
  add_json_flag(commands.set, restore);
}

void declare_download(const AssetCommands& commands) {
  CLI::App& download = commands.add("download", "Write a copy of what is stored",
                                    "  mlpipe model download churn:3 dir\n"
                                    "  mlpipe model download churn@latest dir\n",
                                    download_asset_command);
  add_reference(commands, download, "NAME, NAME:VERSION or NAME@LABEL");
  download.add_option("DIR", commands.set.arguments.destination,
                      "The folder to copy to, by default the current one");
  add_json_flag(commands.set, download);
}

}  // namespace

void declare_registry_commands(CommandSet& set, const std::vector<std::string>& words) {
  const auto is_among_words = [&words](std::string_view word) {
    return std::find(words.begin(), words.end(), word) != words.end();
  };
  const bool wants_all = is_among_words("help");
  const auto declare = [&](AssetKind kind, const char* description, const char* examples) {
    const auto commands = add_kind(set, kind, description);
    // Two dozen commands with their options would take longer than all that a short command does.
    if (!wants_all && !is_among_words(to_text(kind))) return;
    declare_create(commands, examples);
    declare_looking(commands);
    declare_archiving(commands);
    if (kind == AssetKind::model) declare_download(commands);
  };
  declare(AssetKind::component, "Register components, for pipelines to use by name",
          "  mlpipe component create -f train/component.yml\n"
          "  mlpipe component create -f train.yml -v 1.2.0 --label default\n"
          "Kept are its file and its sources as they are now.\n");
  declare(AssetKind::data, "Register data, for pipelines to use by name",
          "  mlpipe data create -f iris.yml\n"
          "  mlpipe data create -n iris --path data/iris.csv --type uri_file\n"
          "The data stays where it is; a run tells when it was changed there.\n");
  declare(AssetKind::environment, "Register environments",
          "  mlpipe environment create -f env.yml\n"
          "  mlpipe environment create -n sklearn -i python:3.11 -c conda.yml\n");
  declare(AssetKind::model, "Register models, which are kept in the store",
          "  mlpipe model create -f model.yml\n"
          "  mlpipe model create -n churn --path azureml://jobs/latest/outputs/model\n");
}

}  // namespace mlpipe
