#include "target/interpreter.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <optional>
#include <string_view>
#include <utility>

#include "base/error.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/text.h"
#include "target/installed_packages.h"

namespace mlpipe {
namespace {

namespace fs = std::filesystem;

/// Prints a mark, then "name=value" texts, each ended by a NUL byte. `folder`: where packages lie,
/// or could. `prefix`: below which it lies. `file`: what else has a say in that. Paths come as
/// bytes: they need not be UTF-8.
constexpr const char* python_questions = R"(
import os, site, sys
def tell(name, value):
    if value:
        sys.stdout.buffer.write(name + b'=' + os.fsencode(value) + b'\0')
sys.stdout.flush()
sys.stdout.buffer.write(b'\0mlpipe\0')
library = os.path.dirname(os.__file__)
tell(b'version', sys.implementation.name + ' ' + sys.version.split()[0])
tell(b'executable', sys.executable)
for path in sys.path + site.getsitepackages() + [site.getusersitepackages()]:
    if os.path.isabs(path) and path not in (library, os.path.join(library, 'lib-dynload')):
        tell(b'folder', path)
for prefix in (sys.prefix, sys.base_prefix, sys.exec_prefix, sys.base_exec_prefix):
    tell(b'prefix', prefix)
tell(b'file', library)
tell(b'file', os.__file__)
for name in ('sitecustomize', 'usercustomize'):
    tell(b'file', getattr(sys.modules.get(name), '__file__', None))
)";

constexpr const char* r_questions =
    "cat('mlpipe:', .libPaths(), Sys.getenv('R_LIBS_USER'), 'home:', R.home(), '', sep = '\\n')";

struct PythonAnswer {
  std::string version;
  fs::path executable;
  std::vector<fs::path> folders;
  std::vector<fs::path> files;
  std::vector<fs::path> prefixes;
};

std::optional<PythonAnswer> parse_python_answer(std::string_view out) {
  constexpr std::string_view mark("\0mlpipe\0", 8);
  const std::size_t begin = out.find(mark);  // start-up files may have printed something before
  if (begin == std::string_view::npos) return std::nullopt;
  PythonAnswer answer;
  for (const std::string_view text : split(out.substr(begin + mark.size()), '\0')) {
    const std::size_t equals = text.find('=');
    if (equals == std::string_view::npos) continue;
    const std::string_view name = text.substr(0, equals);
    const std::string value(text.substr(equals + 1));
    if (name == "version") answer.version = value;
    if (name == "executable") answer.executable = value;
    if (name == "file") answer.files.emplace_back(value);
    if (name == "folder") answer.folders.emplace_back(value);
    if (name == "prefix") answer.prefixes.emplace_back(value);
  }
  std::sort(answer.folders.begin(), answer.folders.end());
  answer.folders.erase(std::unique(answer.folders.begin(), answer.folders.end()),
                       answer.folders.end());
  if (answer.version.empty()) return std::nullopt;
  return answer;
}

bool is_script(const fs::path& program) {
  std::ifstream file(program, std::ios::binary);
  std::array<char, 2> head{};
  return file.read(head.data(), head.size()) && head[0] == '#' && head[1] == '!';
}

/// Whether the program that answered is the one that was asked: else it is a shim.
bool same_program(const fs::path& asked, const fs::path& answered) {
  std::error_code error;
  const fs::path real_asked = fs::canonical(asked, error);
  if (error || is_script(real_asked)) return false;
  const fs::path real_answered = fs::canonical(answered, error);
  return !error && real_asked == real_answered;
}

/// All that decides what this Python is and finds.
std::vector<WatchedPath> watch_python(const fs::path& program, const PythonAnswer& answer,
                                      const std::vector<fs::path>& read_files) {
  std::error_code error;
  std::vector<fs::path> paths{program, answer.executable,
                              fs::weakly_canonical(answer.executable, error)};
  for (std::size_t i = 0; i < 3; ++i) {
    const fs::path folder = paths[i].parent_path();
    paths.push_back(folder / "pyvenv.cfg");
    paths.push_back(folder.parent_path() / "pyvenv.cfg");
  }
  paths.insert(paths.end(), answer.folders.begin(), answer.folders.end());
  paths.insert(paths.end(), answer.files.begin(), answer.files.end());
  paths.insert(paths.end(), read_files.begin(), read_files.end());
  std::sort(paths.begin(), paths.end());
  paths.erase(std::unique(paths.begin(), paths.end()), paths.end());
  std::vector<WatchedPath> watched;
  watched.reserve(paths.size());
  for (const fs::path& path : paths) watched.push_back(watch(path));
  return watched;
}

/// Where a Python and its packages lie. Not the other folders that it searches: what is installed
/// there as a link to somebody's sources counts for reuse by its version alone.
std::vector<fs::path> places_of(const PythonAnswer& answer) {
  std::vector<fs::path> places = answer.prefixes;
  for (const auto& folder : answer.folders)
    if (folder.filename() == "site-packages" || folder.filename() == "dist-packages")
      places.push_back(folder);
  places.push_back(answer.executable);
  std::sort(places.begin(), places.end());
  places.erase(std::unique(places.begin(), places.end()), places.end());
  return places;
}

/// The variables that decide where Python looks for packages.
std::string relevant_variables(std::vector<std::string> environment) {
  std::sort(environment.begin(), environment.end());
  std::string text;
  for (const std::string& variable : environment) {
    if (variable.starts_with("PYTHON") || variable.starts_with("HOME=") ||
        variable.starts_with("LD_")) {
      text += variable + '\n';
    }
  }
  return hash_bytes(text).hex();
}

}  // namespace

std::string InterpreterIdentity::text() const {
  std::string text = printable(language) + '\n' + printable(version) + '\n';
  for (const std::string& distribution : distributions) text += printable(distribution) + '\n';
  return text;
}

InterpreterProbe::InterpreterProbe(fs::path cache_file, RunProcess run,
                                   std::vector<std::string> environment, Clock clock)
    : cache_file_(std::move(cache_file)),
      run_(std::move(run)),
      environment_(std::move(environment)),
      clock_(std::move(clock)),
      environment_key_(relevant_variables(environment_)),
      cache_(read_interpreter_cache(cache_file_)) {}

InterpreterIdentity InterpreterProbe::identify(const fs::path& program) {
  if (const auto known = known_.find(program); known != known_.end()) return known->second.identity;
  if (!watch(program).stat) {
    fail(ErrorKind::not_found,
         "there is no interpreter '{}': install it, or correct the 'python:' that names it in "
         "mlpipe.yaml",
         program.string());
  }
  RememberedInterpreter found;
  if (program.filename() == "Rscript") {
    found = probe_r(program);
  } else {
    const std::string key = program.string() + '\n' + environment_key_;
    const auto remembered = cache_.find(key);
    found = remembered != cache_.end() && unchanged(remembered->second.watched)
                ? remembered->second
                : probe_python(program, key);
  }
  return known_.emplace(program, std::move(found)).first->second.identity;
}

std::optional<InterpreterPlaces> InterpreterProbe::places(const fs::path& program) const {
  const auto known = known_.find(program);
  if (known == known_.end()) return std::nullopt;
  return InterpreterPlaces{.executable = known->second.executable, .places = known->second.places};
}

bool InterpreterProbe::identify_again(const fs::path& program) {
  const auto known = known_.find(program);
  if (known == known_.end() || unchanged(known->second.watched)) return false;
  const InterpreterIdentity before = known->second.identity;
  known_.erase(known);
  return identify(program) != before;
}

void InterpreterProbe::save() {
  if (!cache_changed_) return;
  try {
    write_interpreter_cache(cache_file_, cache_);
    cache_changed_ = false;
  } catch (const Error&) {  // NOLINT(bugprone-empty-catch)
    // A cache that cannot be written costs time, nothing else.
  }
}

ProcessResult InterpreterProbe::ask(const fs::path& program,
                                    const std::vector<std::string>& arguments) const {
  ProcessSpec spec;
  spec.argv = {program.string()};
  spec.argv.insert(spec.argv.end(), arguments.begin(), arguments.end());
  spec.work_directory = "/";
  spec.environment = environment_;
  ProcessResult result = run_(spec);
  if (!result.ok()) {
    fail(ErrorKind::system,
         "cannot ask the interpreter '{}' for its version ({}): {}\ntry it by hand, or correct the "
         "'python:' that names it in mlpipe.yaml",
         program.string(),
         result.timed_out ? "no answer in time" : fmt::format("exit code {}", result.exit_code),
         printable(trim(result.err)));
  }
  return result;
}

RememberedInterpreter InterpreterProbe::probe_python(const fs::path& program,
                                                     const std::string& key) {
  const TimePoint begin = clock_();
  if (cache_.erase(key) > 0) cache_changed_ = true;
  const auto answer = parse_python_answer(ask(program, {"-B", "-c", python_questions}).out);
  if (!answer) {
    fail(
        ErrorKind::system,
        "'{}' does not answer as Python 3 does: correct the 'python:' that names it in mlpipe.yaml",
        program.string());
  }
  InstalledPackages packages = python_packages(answer->folders);
  InterpreterIdentity identity{
      .language = "python", .version = answer->version, .distributions = std::move(packages.names)};
  // What changed since `begin` has a time that is not settled, and what vanished since is missed by
  // the second look: either way it is asked for again in the next run.
  std::vector<WatchedPath> watched = watch_python(program, *answer, packages.files);
  if (same_program(program, answer->executable) && settled(watched, begin) &&
      python_packages(answer->folders).names == identity.distributions) {
    cache_[key] = {.identity = identity,
                   .executable = answer->executable,
                   .places = places_of(*answer),
                   .watched = watched};
    cache_changed_ = true;
  }
  return {.identity = std::move(identity),
          .executable = answer->executable,
          .places = places_of(*answer),
          .watched = std::move(watched)};
}

RememberedInterpreter InterpreterProbe::probe_r(const fs::path& program) const {
  const ProcessResult words = ask(program, {"--version"});
  const std::string text = words.out + words.err;  // before R 4.3 it is told on stderr
  constexpr std::string_view before = "version ";
  const std::size_t version = text.find(before);
  const std::string out = ask(program, {"-e", r_questions}).out;
  const std::size_t mark = out.find("mlpipe:\n");
  if (version == std::string::npos || mark == std::string::npos) {
    fail(ErrorKind::system,
         "'{}' does not answer as R does (no version, or no library): see which `Rscript` comes "
         "first on PATH",
         program.string());
  }
  const std::string number = text.substr(version + before.size());
  std::vector<fs::path> folders;
  fs::path home;
  bool is_home = false;
  for (const std::string_view line : split(std::string_view(out).substr(mark), '\n')) {
    if (line == "home:") is_home = true;
    if (!line.starts_with('/')) continue;
    if (is_home)
      home = line;
    else
      folders.emplace_back(line);
  }
  InterpreterIdentity identity{.language = "R",
                               .version = "R " + number.substr(0, number.find_first_of(" \n")),
                               .distributions = r_packages(folders).names};
  folders.push_back(program);
  if (!home.empty()) folders.push_back(home);
  if (home.filename() == "R" && home.parent_path().filename().native().starts_with("lib"))
    folders.push_back(home.parent_path().parent_path());  // conda's R needs conda's libraries
  return {.identity = std::move(identity),
          .executable = program,
          .places = std::move(folders),
          .watched = {watch(program)}};
}

fs::path find_interpreter(const std::string& language, const std::string& path) {
  auto program = find_program(language == "python" ? "python3" : language, path);
  if (!program && language == "python") program = find_program("python", path);
  if (!program)
    fail(ErrorKind::invalid_file, "it needs {}, and there is none on PATH ({}): install it{}",
         language, path,
         language == "python" ? ", or name one in mlpipe.yaml: `environments: {system: {type: "
                                "system, python: /path/to/python3}}`"
                              : "");
  return *program;
}

fs::path python_folder_name(const fs::path& program, const fs::path& cache) {
  return cache / "python" / hash_bytes(program.native()).hex();
}

fs::path python_folder(const fs::path& program, const fs::path& cache) {
  fs::path folder = python_folder_name(program, cache);
  if (fs::exists(folder / "python3") && fs::exists(folder / "python")) return folder;
  make_folders(folder);
  const std::string script =
      fmt::format("#!/bin/sh\nexec {} \"$@\"\n", shell_quoted(program.native()));
  for (const auto* name : {"python", "python3"}) {
    // Made under another name and renamed: another driver may be making, or running, the same.
    const fs::path made = folder / fmt::format(".{}-{}", name, ::getpid());
    write_file_atomically(made, script);
    ::chmod(made.c_str(), 0755);
    rename_path(made, folder / name);
  }
  return folder;
}

}  // namespace mlpipe
