#include <fmt/format.h>

#include <algorithm>
#include <cstdio>

#include "base/error.h"
#include "base/file.h"
#include "base/process.h"
#include "base/text.h"
#include "cli/commands.h"
#include "cli/embedded_text.h"
#include "cli/json_text.h"

namespace mlpipe {

namespace fs = std::filesystem;

namespace {

struct NewFile {
  std::string path;  ///< Below the folder.
  std::string text;
};

/// The template's files as they are to be written. Throws Error(usage) if there is no such one.
std::vector<NewFile> files_of(const std::string& wanted) {
  std::vector<NewFile> files;
  std::vector<std::string> known;
  for (const auto& embedded : template_files()) {
    const auto slash = embedded.path.find('/');
    const std::string name(embedded.path.substr(0, slash));
    if (known.empty() || known.back() != name) known.push_back(name);
    if (name != wanted) continue;
    std::string path(embedded.path.substr(slash + 1));
    if (path == "gitignore") path = ".gitignore";  // under this name it would be obeyed in our tree
    files.push_back({std::move(path), std::string(embedded.text)});
  }
  if (files.empty())
    fail(ErrorKind::usage, "there is no template '{}'{}; there are {}", printable(wanted),
         did_you_mean(wanted, known), fmt::join(known, ", "));
  return files;
}

bool has_sklearn(const std::string& python) {
  const auto answer = run_process(
      {.argv =
           {python, "-c",
            "import importlib.util, sys; sys.exit(importlib.util.find_spec('sklearn') is None)"},
       .work_directory = "/"});
  return answer.ok();
}

/// Let the environment name a python that has scikit-learn where that on PATH has not. What the
/// user should know about it, or "".
std::string choose_python(std::vector<NewFile>& files) {
  const std::string of_the_system = "/usr/bin/python3";
  if (has_sklearn("python3")) return {};
  if (!has_sklearn(of_the_system))
    return "python3 on PATH has no scikit-learn, which the steps need: install it first (Debian: "
           "apt install python3-sklearn; elsewhere: pip install scikit-learn)";
  const std::string plain = "{type: system}";
  for (auto& file : files)
    if (const auto at = file.text.find(plain);
        file.path == "mlpipe.yaml" && at != std::string::npos)
      file.text.replace(at, plain.size(),
                        fmt::format("{{type: system, python: {}}}", of_the_system));
  return fmt::format("python3 on PATH has no scikit-learn, {} has it: mlpipe.yaml names that one",
                     of_the_system);
}

/// Let editors know what the files may contain, where the program is installed with the schemas:
/// what it is started from says where.
void name_schemas(std::vector<NewFile>& files) {
  std::error_code error;
  const fs::path program = fs::read_symlink("/proc/self/exe", error);
  if (error) return;
  const fs::path schemas = program.parent_path().parent_path() / "share/mlpipe/schemas";
  for (auto& file : files) {
    const char* name = file.path == "pipeline.yaml" ? "pipeline.schema.json"
                       : file.path == "mlpipe.yaml" ? "workspace.schema.json"
                                                    : nullptr;
    if (name == nullptr || !stat_file(schemas / name)) continue;
    file.text.insert(
        0, fmt::format("# yaml-language-server: $schema={}\n", (schemas / name).native()));
  }
}

/// Throw Error(usage) if a file to be written, or a folder on its way, is there as something else.
void refuse_to_overwrite(const fs::path& folder, const std::vector<NewFile>& files) {
  std::vector<std::string> taken;
  const auto look_at = [&](const fs::path& path, bool may_be_folder) {
    const auto look = may_be_folder ? stat_file(path) : stat_link(path);
    if (!look || (may_be_folder && look->kind == FileKind::folder)) return;
    const std::string name = printable(path.native());
    if (std::find(taken.begin(), taken.end(), name) == taken.end()) taken.push_back(name);
  };
  if (const auto look = stat_file(folder); look && look->kind != FileKind::folder)
    fail(ErrorKind::usage, "cannot write a pipeline to '{}': it is not a folder", folder.string());
  for (const auto& file : files) {
    look_at(folder / file.path, false);
    if (const auto parent = fs::path(file.path).parent_path(); !parent.empty())
      look_at(folder / parent, true);
  }
  if (!taken.empty())
    fail(ErrorKind::usage,
         "cannot write a pipeline here: {} already, and nothing is overwritten; choose another "
         "folder, as in `mlpipe init DIR` (nothing was written)",
         taken.size() == 1 ? fmt::format("'{}' exists", taken.front())
                           : fmt::format("'{}' exist", fmt::join(taken, "', '")));
}

void tell(const Arguments& arguments, const std::vector<NewFile>& files) {
  const fs::path folder = arguments.destination;
  const bool here = folder == ".";
  fmt::print("wrote the '{}' pipeline{}:\n", arguments.template_name,
             here ? "" : fmt::format(" to {}", printable(folder.native())));
  for (const auto& file : files)
    fmt::print("  {}\n", printable((folder / file.path).lexically_normal().native()));
  fmt::print("\nnext:\n");
  if (!here) fmt::print("  cd {}\n", shell_quoted(folder.native()));
  fmt::print(
      "  mlpipe run pipeline.yaml     # runs every step\n"
      "  mlpipe run pipeline.yaml     # again: nothing to do, all are reused\n"
      "  mlpipe show                  # what ran, how long it took, what it measured\n"
      "  $EDITOR pipeline.yaml        # change something, and: mlpipe why pipeline.yaml\n");
}

}  // namespace

int init_command(const Arguments& arguments) {
  const fs::path folder = arguments.destination;
  auto files = files_of(arguments.template_name);
  // People who work with git have one; .mlpipe/ brings its own besides.
  const bool has_gitignore = stat_link(folder / ".gitignore").has_value();
  if (has_gitignore)
    std::erase_if(files, [](const NewFile& file) { return file.path == ".gitignore"; });
  refuse_to_overwrite(folder, files);
  const std::string advice =
      arguments.template_name == "sklearn" ? choose_python(files) : std::string();
  name_schemas(files);
  for (const auto& file : files) {
    make_folders((folder / file.path).parent_path());
    write_file_atomically(folder / file.path, file.text);
  }
  if (arguments.json) {
    nlohmann::json written = nlohmann::json::array();
    for (const auto& file : files) written.push_back(file.path);
    fmt::print("{}\n", json_document({{"folder", fs::canonical(folder).string()},
                                      {"template", arguments.template_name},
                                      {"files", written},
                                      {"advice", advice}}));
    return 0;
  }
  tell(arguments, files);
  std::fflush(stdout);
  if (has_gitignore) std::fputs("note: .gitignore was there and is left as it is\n", stderr);
  if (!advice.empty()) std::fputs(("note: " + advice + "\n").c_str(), stderr);
  return 0;
}

}  // namespace mlpipe
