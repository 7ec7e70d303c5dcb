#pragma once

#include <string>
#include <vector>

#include "engine/prepare_step.h"
#include "support/catch.h"
#include "unit/store/store_testing.h"

namespace mlpipe {

/// One attempt of one step, with a real store.
struct Execution {
  Playground ground;
  ObjectStore store{ground / "objects", ground / "scratch"};
  Step step;
  StepExecution execution;
  std::vector<std::unique_ptr<Contents>> contents;

  Execution() {
    step.name = "train";
    step.action = CommandAction{{{Segment::Kind::text, "true"}}};
    execution.step = &step;
    execution.directory.root = ground / "work" / "f00";
    execution.base_environment = {{"PATH", "/usr/bin:/bin"}};
    execution.run_id = "abc";
    execution.experiment = "exp";
    execution.stdout_file = ground / "logs" / "train.1.stdout";
    execution.stderr_file = ground / "logs" / "train.1.stderr";
    use_sources({});
  }

  [[nodiscard]] std::filesystem::path root() const { return execution.directory.root; }

  /// The step's source directory: names and texts.
  void use_sources(const std::vector<std::pair<std::string, std::string>>& files) {
    const auto folder = ground / "src";
    make_folders(folder);
    for (const auto& [name, text] : files) put_file(folder / name, text);
    execution.source =
        store.add_source({.root = folder, .include = {}, .left_out = {}}, ground.cache, ground.pool)
            .id;
  }

  /// An input that lies outside the store.
  void add_path(const std::string& name, const std::filesystem::path& path,
                InputMode mode = InputMode::ro_mount, const std::string& written = {}) {
    contents.push_back(std::make_unique<Contents>(ground.hash(path)));
    const Contents& found = *contents.back();
    step.inputs.push_back({.name = name,
                           .mode = mode,
                           .source = PathSource{path, written.empty() ? path.string() : written}});
    execution.inputs.push_back({.contents = &found,
                                .path = path,
                                .is_file = found.kind == FileKind::file,
                                .base_name = path.filename()});
    execution.in_place.push_back(&found);
  }

  /// An input that another step made: `path` goes into the store.
  StoredObject add_object(const std::string& name, const std::filesystem::path& path,
                          InputMode mode = InputMode::ro_mount) {
    StoredObject object = store.add_output(path);
    step.inputs.push_back({.name = name, .mode = mode, .source = OutputSource{{0}, "x"}});
    InputPlace place{.object = object.id,
                     .path = store.content_folder(object.id),
                     .is_file = object.kind == FileKind::file,
                     .base_name = object.file_name};
    if (place.is_file) place.path /= place.base_name;
    execution.inputs.push_back(std::move(place));
    return object;
  }

  [[nodiscard]] Job prepared() {
    auto preparation = prepare_step(execution, store);
    REQUIRE(std::holds_alternative<ReadyToStart>(preparation));
    return std::get<ReadyToStart>(std::move(preparation)).job;
  }
};

}  // namespace mlpipe
