// mlpipe endpoint list and show.
#include <fmt/format.h>

#include "base/error.h"
#include "base/text.h"
#include "cli/commands.h"
#include "cli/endpoint_json.h"
#include "cli/json_text.h"
#include "cli/opened_endpoints.h"
#include "cli/table.h"
#include "engine/publish_pipeline.h"
#include "spec/scalars.h"

namespace mlpipe {

namespace {

using nlohmann::json;

std::string state_text(const EndpointRecord& endpoint) {
  if (endpoint.is_archived()) return "archived";
  return endpoint.is_disabled() ? "disabled" : "enabled";
}

std::string default_text(const EndpointRecord& endpoint) {
  return endpoint.default_version == 0 ? "none" : std::to_string(endpoint.default_version);
}

void print_endpoints(const std::vector<EndpointRecord>& endpoints, Endpoints& all) {
  Table table({{"endpoint", Table::Align::left, true},
               {"default"},
               {"versions", Table::Align::right},
               {"state"},
               {"created"},
               {"description", Table::Align::left, true}});
  for (const auto& endpoint : endpoints)
    table.add({{endpoint.name},
               {default_text(endpoint)},
               {std::to_string(all.versions_of(endpoint.key).size())},
               {state_text(endpoint)},
               {local_time_text(endpoint.created)},
               {printable(split(endpoint.description, '\n').front())}});
  fmt::print("{}", table.text(Terminal(1)));
}

/// A version's pipeline, or why it cannot be read now.
struct ReadVersion {
  std::optional<OpenedPipeline> opened;
  std::string problem;

  ReadVersion(OpenedEndpoints& from, const EndpointRecord& endpoint,
              const EndpointVersion& version) {
    const ObjectStore store(from.state.objects(), from.state.scratch());
    const auto recorded = std::make_shared<const RecordedPipeline>(
        recorded_pipeline(from.history, store, endpoint, version));
    try {
      opened.emplace(OpenedPipeline::Request{.spec_file = recorded->asked.spec.file,
                                             .overrides = recorded->asked.overrides,
                                             .workspace = from.workspace.root,
                                             .everything_local = recorded->asked.everything_local,
                                             .recorded = recorded,
                                             .may_lack_values = true});
    } catch (const Error& error) {  // its data is not there, or a compute target: look anyway
      problem = error.what();
    }
  }
};

std::string allowed_text(const Parameter& parameter) {
  if (!parameter.choices.empty())
    return fmt::format("one of {}", fmt::join(parameter.choices, ", "));
  if (parameter.min && parameter.max)
    return fmt::format("{} to {}", *parameter.min, *parameter.max);
  if (parameter.min) return fmt::format("at least {}", *parameter.min);
  return parameter.max ? fmt::format("at most {}", *parameter.max) : std::string();
}

std::string place_text(const PipelineInput& input) {
  return input.url.empty() ? input.path.string() : input.url;
}

/// To be typed in any directory.
std::string ready_command(const Workspace& workspace, const EndpointRecord& endpoint,
                          const EndpointVersion& version, const Pipeline& pipeline) {
  auto text =
      fmt::format("mlpipe submit -C {} {}", shell_quoted(workspace.root.native()), endpoint.name);
  if (version.number != endpoint.default_version) text += fmt::format(" -v {}", version.number);
  for (const auto& parameter : pipeline.parameters)
    text += " -p " + (parameter.required ? parameter.name + "=VALUE"
                                         : shell_quoted(parameter.name + "=" + parameter.value));
  for (const auto& input : pipeline.inputs)
    text += " -i " + (input.required ? input.name + "=PATH"
                                     : shell_quoted(input.name + "=" + place_text(input)));
  return text;
}

void print_versions(const std::vector<EndpointVersion>& versions, const EndpointRecord& endpoint) {
  Table table({{"version"},
               {"created"},
               {"pipeline", Table::Align::left, true},
               {"from run"},
               {"git"},
               {"description", Table::Align::left, true}});
  for (const auto& version : versions) {
    const auto commit = version.properties.find("azureml.git.commit");
    table.add({{fmt::format("{}{}", version.number,
                            version.number == endpoint.default_version ? " (default)" : "")},
               {local_time_text(version.created)},
               {printable(version.pipeline)},
               {version.from_run},
               {commit == version.properties.end() ? "" : commit->second.substr(0, 12)},
               {printable(version.description)}});
  }
  fmt::print("\n{}", table.text(Terminal(1)));
}

void print_parameters(const Pipeline& pipeline) {
  Table table({{"parameter", Table::Align::left, true},
               {"type"},
               {"default", Table::Align::left, true},
               {"allowed", Table::Align::left, true},
               {"description", Table::Align::left, true, true}});
  for (const auto& parameter : pipeline.parameters)
    table.add({{parameter.name},
               {std::string(type_name(parameter.type))},
               {parameter.required ? "(required)" : printable(parameter.value)},
               {printable(allowed_text(parameter))},
               {printable(parameter.description)}});
  for (const auto& input : pipeline.inputs)
    table.add({{input.name},
               {input.type == DataType::uri_file ? "uri_file" : "uri_folder"},
               {input.required ? "(required)" : printable(place_text(input))}});
  if (!table.empty()) fmt::print("\n{}", table.text(Terminal(1)));
}

}  // namespace

int list_endpoints_command(const Arguments& arguments) {
  const auto workspace = chosen_workspace(arguments);
  const bool is_used = StateDirectory{workspace.state_directory}.exists();
  std::optional<OpenedEndpoints> opened;
  if (is_used) opened.emplace(arguments, Database::Mode::read_only);
  const auto endpoints =
      opened ? opened->endpoints.all(arguments.with_archived) : std::vector<EndpointRecord>();
  if (arguments.json) {
    json list = json::array();
    for (const auto& endpoint : endpoints) list.push_back(endpoint_json(endpoint));
    fmt::print("{}\n", json_document({{"endpoints", list}}));
  } else if (endpoints.empty()) {
    fmt::print("nothing is published: `mlpipe publish SPEC --endpoint NAME` does that\n");
  } else {
    print_endpoints(endpoints, opened->endpoints);
  }
  return 0;
}

int show_endpoint_command(const Arguments& arguments) {
  OpenedEndpoints opened(arguments, Database::Mode::read_only);
  const auto endpoint = opened.endpoints.get(arguments.endpoint);
  const auto versions = opened.endpoints.versions_of(endpoint.key);
  const bool has_version = !arguments.endpoint_version.empty() || endpoint.default_version != 0;
  std::optional<EndpointVersion> version;
  if (has_version) version = opened.endpoints.version(endpoint, arguments.endpoint_version);
  std::optional<ReadVersion> read;
  if (version) read.emplace(opened, endpoint, *version);
  const Pipeline* pipeline = read && read->opened ? &read->opened->pipeline : nullptr;
  if (arguments.json) {
    auto document = endpoint_json(endpoint);
    document["versions"] = json::array();
    for (const auto& each : versions) document["versions"].push_back(version_json(each, endpoint));
    document["shown_version"] = version ? json(std::to_string(version->number)) : json();
    document["parameters"] = json::array();
    document["inputs"] = json::array();
    document["problem"] = read && !read->problem.empty() ? json(read->problem) : json();
    document["command"] = json();
    if (pipeline != nullptr) {
      for (const auto& each : pipeline->parameters)
        document["parameters"].push_back(parameter_json(each));
      for (const auto& each : pipeline->inputs)
        document["inputs"].push_back(
            {{"name", each.name},
             {"type", each.type == DataType::uri_file ? "uri_file" : "uri_folder"},
             {"default", each.required ? json() : json(place_text(each))},
             {"required", each.required}});
      document["command"] = ready_command(opened.workspace, endpoint, *version, *pipeline);
    }
    fmt::print("{}\n", json_document(document));
    return 0;
  }
  fmt::print(
      "endpoint '{}', {}{}\n", endpoint.name, state_text(endpoint),
      endpoint.max_concurrent_runs
          ? fmt::format(", at most {} at a time",
                        counted(static_cast<std::size_t>(*endpoint.max_concurrent_runs), "run"))
          : std::string());
  if (!endpoint.description.empty()) fmt::print("{}\n", printable(endpoint.description));
  for (const auto& each : endpoint.notifications)
    fmt::print("tells of {}: {}\n", to_text(each.when), printable(shown_target(each)));
  print_versions(versions, endpoint);
  if (pipeline != nullptr) {
    print_parameters(*pipeline);
    fmt::print("\n{}\n", ready_command(opened.workspace, endpoint, *version, *pipeline));
  } else if (read) {
    fmt::print("\nversion {} could not be run now:\n{}\n", version->number, read->problem);
  }
  return 0;
}

}  // namespace mlpipe
