#pragma once

#include <string>

#include "support/world.h"

// Pipelines that several tests run, and what they do with them.

namespace mlpipe::test {

/// prep -> {train, check} -> report
inline Pipeline diamond() {
  Pipeline pipeline{.name = "diamond"};
  add_step(pipeline, "prep");
  add_step(pipeline, "train", {"prep"});
  add_step(pipeline, "check", {"prep"});
  add_step(pipeline, "report", {"train", "check"});
  return pipeline;
}

/// a -> b -> c
inline Pipeline chain() {
  Pipeline pipeline{.name = "chain"};
  add_step(pipeline, "a");
  add_step(pipeline, "b", {"a"});
  add_step(pipeline, "c", {"b"});
  return pipeline;
}

inline void change_command(Pipeline& pipeline, const std::string& name) {
  std::get<CommandAction>(step_of(pipeline, name).action).command[0].text += " # edited";
}

/// One run in which every step succeeds.
inline void run_all(World& world, const Pipeline& pipeline) {
  Session session(world, pipeline);
  session.start();
  session.succeed_all();
  REQUIRE(session.scheduler.finished());
}

}  // namespace mlpipe::test
