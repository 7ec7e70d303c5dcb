// Commands about what the state directory holds.
#include "cli/command_set.h"
#include "cli/commands.h"

namespace mlpipe {

namespace {

void declare_gc(CommandSet& set) {
  Arguments& arguments = set.arguments;
  CLI::App& gc = set.add({"gc", "Free disk space: remove what is unused, old or too much",
                          "  mlpipe gc --dry-run\n"
                          "  mlpipe gc --older-than 30d\n"
                          "  mlpipe gc --max-size 50GB\n"
                          "What pinned runs have made, and what runs that go on use, is always\n"
                          "kept. Runs stay in the history; a step whose outputs are gone runs\n"
                          "again when they are needed. May be used while runs go on.\n"},
                         gc_command);
  gc.add_option("--older-than", arguments.older_than,
                "Remove also results that no run has made or reused for so long: 30d, 12h")
      ->type_name("AGE")
      ->check([](const std::string& text) {
        return text.empty() ? "expected how long ago, such as 30d" : std::string();
      });
  gc.add_option("--max-size", arguments.max_size,
                "Remove also results until the store takes no more than this: 50GB; first those "
                "that take the least time to make again for each byte")
      ->type_name("SIZE")
      ->check([](const std::string& text) {
        return text.empty() ? "expected what the store may take, such as 50GB" : std::string();
      });
  gc.add_flag("--dry-run", arguments.dry_run, "Show what would be removed; change nothing");
  add_json_flag(set, gc);
}

void declare_du(CommandSet& set) {
  CLI::App& du = set.add({"du", "Show what the state directory takes on disk",
                          "  mlpipe du\n"
                          "  mlpipe du --by step\n"
                          "`own` is what no other pipeline, step or run has; `shared` counts\n"
                          "fully for each that has it.\n"},
                         du_command);
  set.add_choice(du, "--by", set.arguments.by, {"pipeline", "step", "run"},
                 "Show what each of them takes");
  add_json_flag(set, du);
}

}  // namespace

void declare_store_commands(CommandSet& set) {
  declare_gc(set);
  declare_du(set);
}

}  // namespace mlpipe
