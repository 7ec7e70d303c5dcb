#include <fmt/format.h>

#include "base/error.h"
#include "base/text.h"
#include "cli/commands.h"
#include "cli/endpoint_json.h"
#include "cli/json_text.h"
#include "cli/requests.h"
#include "engine/publish_pipeline.h"

namespace mlpipe {

int publish_command(const Arguments& arguments) {
  if (!is_utf8(arguments.description))
    fail(ErrorKind::usage, "--description '{}' is not UTF-8; nothing was published",
         printable(arguments.description));
  PublishRequest request{.pipeline = opening_of(arguments),
                         .endpoint = arguments.endpoint,
                         .description = arguments.description,
                         .set_default = arguments.set_default,
                         .freeze_inputs = arguments.freeze_inputs,
                         .continue_on_step_failure = arguments.continue_on_step_failure};
  const auto* recorded = request.pipeline.recorded.get();
  request.selection = selection_of(arguments, recorded);
  if (recorded != nullptr) {
    request.from_run = recorded->properties.at(repeated_run_property);
    request.continue_on_step_failure =
        request.continue_on_step_failure || recorded->asked.continue_on_step_failure;
  }
  const auto published = publish_pipeline(request);
  const auto& [endpoint, version, made, made_endpoint] = published;
  const bool is_default = endpoint.default_version == version.number;
  if (arguments.json) {
    fmt::print("{}\n", json_document({{"endpoint", endpoint.name},
                                      {"version", std::to_string(version.number)},
                                      {"made", made},
                                      {"is_default", is_default}}));
    return 0;
  }
  if (made)
    fmt::print("version {} of the endpoint '{}' is published{}\n", version.number, endpoint.name,
               is_default ? ", its default"
                          : fmt::format("; its default is still version {} (`mlpipe endpoint "
                                        "set-default {} {}` changes that)",
                                        endpoint.default_version, endpoint.name, version.number));
  else
    fmt::print("nothing was published: version {} of the endpoint '{}' is equal{}\n",
               version.number, endpoint.name, is_default ? ", and its default" : "");
  return 0;
}

}  // namespace mlpipe
