#include "cli/command_set.h"
#include "cli/commands.h"

namespace mlpipe {

namespace {

void declare_verify(CommandSet& set) {
  Arguments& arguments = set.arguments;
  CLI::App& verify =
      set.add({"verify", "Check that what is stored is whole, or comes out again",
               "  mlpipe verify --deep               (every byte of the store)\n"
               "  mlpipe verify train                (runs it again and compares)\n"
               "  mlpipe verify pipeline.yaml train -n 3\n"
               "Without a step: exit code 3 if anything is damaged or missing; that\n"
               "is set aside, and the next run makes it anew. With a step: exit code\n"
               "1 if it makes other bytes than those stored, which stay.\n"},
              verify_command);
  add_spec_options(set, verify);
  verify.get_option("SPEC")
      ->type_name("SPEC|STEP")
      ->required(false)
      ->description(
          "The pipeline file; or a step alone, of the newest run that has it. Without either, the "
          "store is checked");
  verify.add_option("STEP", arguments.step, "The step to run again");
  verify.add_flag("--deep", arguments.deep, "Read and hash every byte of the store again");
  verify.add_option("-n,--times", arguments.times, "Run the step so many times; by default once")
      ->type_name("N")
      ->check([](const std::string& text) { return whole_number_problem(text, 1); });
  verify.add_flag("--keep", arguments.keep, "Keep the directory in which the step ran");
  add_json_flag(set, verify);
}

void declare_doctor(CommandSet& set) {
  CLI::App& doctor =
      set.add({"doctor", "Check workspace, store, programs and machine; say what to do",
               "  mlpipe doctor\n"
               "  mlpipe doctor -C ~/project --json\n"
               "It changes nothing. Exit code 3 if there is a problem.\n"},
              doctor_command);
  add_json_flag(set, doctor);
}

}  // namespace

void declare_doubt_commands(CommandSet& set) {
  declare_verify(set);
  declare_doctor(set);
}

}  // namespace mlpipe
