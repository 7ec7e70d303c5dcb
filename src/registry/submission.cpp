#include "registry/submission.h"

#include "base/error.h"
#include "base/json.h"

namespace mlpipe {

using nlohmann::json;

namespace {

Submission from_json(const json& object) {
  Submission submission{
      .endpoint = object.at("endpoint").get<std::string>(),
      .version = object.at("version").get<std::string>(),
      .spec_file = object.at("spec_file").get<std::string>(),
      .from_run = object.at("from_run").get<std::string>(),
      .parameters = pairs_in(object.at("parameters")),
      .inputs = {},
      .settings = pairs_in(object.at("settings")),
      .experiment = text_unless_null(object.at("experiment")),
      .tags = object.at("tags").get<std::map<std::string, std::string>>(),
      .compute_target = text_unless_null(object.at("compute_target")),
      .everything_local = object.at("everything_local").get<bool>(),
      .continue_on_step_failure = object.at("continue_on_step_failure").get<bool>(),
      .regenerate_outputs = object.at("regenerate_outputs").get<bool>()};
  for (const auto& each : object.at("inputs"))
    submission.inputs.emplace_back(each.at(0).get<std::string>(), each.at(1).get<std::string>());
  return submission;
}

}  // namespace

std::string encode(const Submission& submission) {
  json inputs = json::array();
  for (const auto& [name, path] : submission.inputs) inputs.push_back({name, path.native()});
  const json object = {{"endpoint", submission.endpoint},
                       {"version", submission.version},
                       {"spec_file", submission.spec_file.native()},
                       {"from_run", submission.from_run},
                       {"parameters", pairs_json(submission.parameters)},
                       {"settings", pairs_json(submission.settings)},
                       {"inputs", std::move(inputs)},
                       {"experiment", text_or_null(submission.experiment)},
                       {"tags", submission.tags},
                       {"compute_target", text_or_null(submission.compute_target)},
                       {"everything_local", submission.everything_local},
                       {"continue_on_step_failure", submission.continue_on_step_failure},
                       {"regenerate_outputs", submission.regenerate_outputs}};
  try {
    return object.dump();
  } catch (const json::exception&) {
    fail(ErrorKind::usage, "a value or path of the submit is not UTF-8, and cannot be recorded");
  }
}

std::optional<Submission> decode_submission(std::string_view text) {
  try {
    return from_json(parse_json_object(text));
  } catch (const json::exception&) {
    return std::nullopt;
  }
}

}  // namespace mlpipe
