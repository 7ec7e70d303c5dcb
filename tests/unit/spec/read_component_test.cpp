#include "spec/read_component.h"

#include "spec_folder.h"

namespace mlpipe {

TEST_CASE("a component file is read by itself with all that it names") {
  const SpecFolder folder;
  folder.write("src/run.sh");
  folder.write("common/x");
  folder.write("c.yml",
               "name: clean\nversion: 2\ntags: {a: b}\ninputs: {d: {type: uri_folder}, n: {type: "
               "integer}}\noutputs: {o: {}}\ncode: src\nadditional_includes: [common]\ncommand: sh "
               "run.sh ${{inputs.d}} ${{inputs.n}} ${{outputs.o}}\n");
  folder.write(
      "pipe.yml",
      "type: pipeline\nname: pair\ninputs: {d: {type: uri_folder}}\njobs:\n  a: "
      "{component: ./c.yml, inputs: {d: \"${{parent.inputs.d}}\", n: 1}}\n  b: {component: "
      "./c.yml, inputs: {d: \"${{parent.jobs.a.outputs.o}}\", n: 2}}\n");
  const auto component = read_component(folder.path("c.yml"), {});
  CHECK(component.type == "command");
  CHECK(component.name == "clean");
  CHECK(component.version == "2");
  CHECK(component.tags == std::map<std::string, std::string>{{"a", "b"}});
  REQUIRE(component.steps.size() == 1);
  CHECK(component.steps[0].sources->directory == folder.path("src"));
  CHECK(component.steps[0].sources->added == std::vector{folder.path("common")});
  const auto pipeline = read_component(folder.path("pipe.yml"), {});
  CHECK(pipeline.type == "pipeline");
  CHECK(pipeline.steps.size() == 2);
  CHECK(pipeline.texts.size() == 2);
}

TEST_CASE("a component file is checked though nothing uses it") {
  const auto error = [](const std::string& text) {
    const SpecFolder folder;
    folder.write("c.yml", text);
    try {
      static_cast<void>(read_component(folder.path("c.yml"), {}));
    } catch (const Error& thrown) {
      return folder.shortened(thrown.what());
    }
    return std::string();
  };
  CHECK(error("command: echo ${{inputs.x}}\n").find("c.yml:1:15: error: '${{inputs.x}}'") == 0);
  CHECK(error("type: pipeline\njobs: {a: {command: x, inputs: {i: \"${{parent.inputs.z}}\"}}}\n")
            .find("'${{parent.inputs.z}}'") != std::string::npos);
  CHECK(error("comand: x\n").find("did you mean 'command' by 'comand'?") != std::string::npos);
  CHECK(error("type: parallel\n").find("has no 'task'") != std::string::npos);
}

}  // namespace mlpipe
