#include "core/optional_input.h"

#include <algorithm>
#include <utility>

namespace mlpipe {

namespace {

bool needs(const Segment& segment, const std::string& input) {
  return std::find(segment.only_with.begin(), segment.only_with.end(), input) !=
         segment.only_with.end();
}

}  // namespace

bool can_do_without(const Step& step, const DataInput& input) {
  const auto* action = std::get_if<CommandAction>(&step.action);
  return input.optional && action != nullptr &&
         std::all_of(action->command.begin(), action->command.end(), [&](const Segment& segment) {
           return segment.kind != Segment::Kind::input || segment.text != input.name ||
                  needs(segment, input.name);
         });
}

void drop_input(Step& step, const std::string& name) {
  std::erase_if(step.inputs, [&name](const DataInput& input) { return input.name == name; });
  auto* action = std::get_if<CommandAction>(&step.action);
  if (action == nullptr) return;
  Template rest;
  for (auto& part : action->command) {
    if (needs(part, name)) continue;
    const bool goes_on = !rest.empty() && rest.back().kind == Segment::Kind::text &&
                         part.kind == Segment::Kind::text &&
                         rest.back().only_with == part.only_with;
    if (goes_on)
      rest.back().text += part.text;
    else
      rest.push_back(std::move(part));
  }
  action->command = std::move(rest);
}

}  // namespace mlpipe
