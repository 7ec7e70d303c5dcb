// The environment file that a pipeline of Azure ML names with `file:`, and the same where it is
// used: checked, or refused with places inside the file that is wrong.
#include "spec/environment_file.h"

#include "base/error.h"
#include "base/text.h"
#include "fuzz/fuzz_target.h"
#include "spec/read_pipeline.h"

namespace mlpipe::fuzz {

namespace {

void read(const ScratchFile& pipeline_file, const std::string& text,
          const std::filesystem::path& checked, std::string_view checked_text) {
  pipeline_file.write(text);
  try {
    const auto pipeline = read_pipeline(pipeline_file.path());
    require(!pipeline.steps.empty(), "a pipeline keeps its step");
    require(is_utf8(pipeline.steps.front().settings->environment), "a name is text");
    for (const auto& warning : pipeline.warnings)
      require_good_message(warning, checked.native(), checked_text);
  } catch (const Error& error) {
    require(error.kind() == ErrorKind::invalid_file, "a wrong file is called so", error.what());
    require_good_message(error.what(), checked.native(), checked_text);
  }
}

}  // namespace

}  // namespace mlpipe::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace mlpipe;
  using namespace mlpipe::fuzz;
  static const ScratchFile pipeline_file("pipeline.yml");
  static const ScratchFile file("environment.yml");
  const auto text = text_of(data, size);
  file.write(text);
  const std::string head = "type: pipeline\njobs:\n  a:\n    type: command\n    command: ls\n";
  read(pipeline_file, head + "    environment: file:" + file.path().native() + "\n", file.path(),
       text);
  std::string here = head + "    environment:\n";
  for (const auto line : split(text, '\n')) here += "      " + std::string(line) + "\n";
  read(pipeline_file, here, pipeline_file.path(), here);
  return 0;
}
