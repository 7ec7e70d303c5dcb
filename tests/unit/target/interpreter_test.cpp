#include "target/interpreter.h"

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include "base/error.h"
#include "base/file.h"
#include "support/catch.h"
#include "target/interpreter_cache.h"

namespace mlpipe {
namespace {

namespace fs = std::filesystem;

const fs::path python = "/usr/bin/python3";

/// A home folder, a cache file, real processes that are counted, and a clock that is a minute
/// ahead: what the test wrote a moment ago then is old enough to be trusted.
struct InterpreterWorld {
  TemporaryFolder folder;
  fs::path home = folder.path() / "home";
  fs::path cache = folder.path() / "interpreters";
  std::vector<std::string> extra;
  int processes = 0;
  Duration ahead = std::chrono::minutes(1);

  InterpreterWorld() { make_folders(home); }

  /// One run of mlpipe: a probe of its own, saved at the end.
  InterpreterIdentity identify(const fs::path& program) {
    std::vector<std::string> environment{"PATH=/usr/bin:/bin", "LC_ALL=C.UTF-8",
                                         "HOME=" + home.string()};
    environment.insert(environment.end(), extra.begin(), extra.end());
    InterpreterProbe probe(
        cache,
        [this](const ProcessSpec& spec) {
          ++processes;
          return run_process(spec);
        },
        environment, [this] { return now() + ahead; });
    InterpreterIdentity identity = probe.identify(program);
    CHECK(probe.identify(program) == identity);  // never asked twice by one process
    probe.save();
    return identity;
  }

  /// A virtual environment; an empty path, and a word about it, where Python cannot make one.
  fs::path make_venv() {
    const ProcessResult made = run_process({.argv = {python.string(), "-m", "venv", "--without-pip",
                                                     (folder.path() / "venv").string()},
                                            .work_directory = "/"});
    if (made.ok()) return folder.path() / "venv";
    WARN("SKIPPED: no virtual environment can be made here: " << made.err);
    return {};
  }

  fs::path make_script(const std::string& name, const std::string& text) const {
    const fs::path file = folder.path() / name;
    std::ofstream(file) << text;
    fs::permissions(file, fs::perms::owner_all);
    return file;
  }
};

fs::path site_packages(const fs::path& venv) {
  for (const auto& entry : fs::directory_iterator(venv / "lib")) {
    return entry.path() / "site-packages";
  }
  return {};
}

bool holds(const InterpreterIdentity& identity, const std::string& name) {
  const auto& names = identity.distributions;
  return std::find(names.begin(), names.end(), name) != names.end();
}

}  // namespace

TEST_CASE("interpreter: Debian's Python tells implementation, version and sorted distributions") {
  InterpreterWorld world;
  const InterpreterIdentity identity = world.identify(python);
  CHECK(identity.language == "python");
  CHECK(identity.version.starts_with("cpython 3."));
  CHECK(std::is_sorted(identity.distributions.begin(), identity.distributions.end()));
  CHECK(identity.text().starts_with("python\n" + identity.version + "\n"));
  CHECK(identity.text().find("/usr") == std::string::npos);
}

TEST_CASE("interpreter: an unchanged Python is known in the next run without a process") {
  InterpreterWorld world;
  const InterpreterIdentity first = world.identify(python);
  CHECK(world.processes == 1);
  CHECK(world.identify(python) == first);
  CHECK(world.processes == 1);
}

TEST_CASE("interpreter: a package that comes, changes its version or goes changes the identity") {
  InterpreterWorld world;
  const fs::path venv = world.make_venv();
  if (venv.empty()) return;
  const fs::path program = venv / "bin" / "python3";
  const InterpreterIdentity bare = world.identify(program);
  CHECK(bare.distributions.empty());

  const fs::path site = site_packages(venv);
  make_folders(site / "sample-1.0.dist-info");
  const InterpreterIdentity with = world.identify(program);
  CHECK(with.distributions == std::vector<std::string>{"sample==1.0"});
  CHECK(with.text() != bare.text());
  CHECK(world.processes == 2);
  CHECK(world.identify(program) == with);
  CHECK(world.processes == 2);

  fs::rename(site / "sample-1.0.dist-info", site / "sample-1.1.dist-info");
  CHECK(world.identify(program).distributions == std::vector<std::string>{"sample==1.1"});
  fs::remove(site / "sample-1.1.dist-info");
  CHECK(world.identify(program) == bare);
}

TEST_CASE("interpreter: eggs, links and editable installs count; versions may stand inside") {
  InterpreterWorld world;
  const fs::path venv = world.make_venv();
  if (venv.empty()) return;
  const fs::path site = site_packages(venv);
  make_folders(site / "a-1.0-py3.11.egg-info");
  make_folders(site / "b.dist-info");
  std::ofstream(site / "b.dist-info" / "METADATA") << "Name: b\nVersion: 2.5\n\nVersion: 9\n";
  std::ofstream(site / "c.egg-info") << "Metadata-Version: 1.0\nName: c\nVersion: 3\n";
  std::ofstream(site / "d.egg-link") << "/src/d\n";
  std::ofstream(site / "__editable__.e-4.0.pth") << "/src/e\n";
  make_folders(site / "plain_folder");
  make_folders(site / "f.egg-info");
  const fs::path program = venv / "bin" / "python3";
  CHECK(world.identify(program).distributions ==
        std::vector<std::string>{"__editable__.e-4.0.pth", "a==1.0", "b==2.5", "c==3", "d.egg-link",
                                 "f.egg-info"});
  CHECK(world.processes == 1);
  std::ofstream(site / "b.dist-info" / "METADATA") << "Name: b\nVersion: 2.6\n";
  CHECK(holds(world.identify(program), "b==2.6"));  // no folder changed, only the file inside
}

TEST_CASE(
    "interpreter: a user site folder that appears is noticed, and so is a .pth that changes") {
  InterpreterWorld world;
  InterpreterIdentity before = world.identify(python);
  const fs::path version = before.version.substr(8, before.version.rfind('.') - 8);
  const fs::path site = world.home / ".local/lib" / ("python" + version.string()) / "site-packages";
  make_folders(site / "mine-1.dist-info");
  CHECK(holds(world.identify(python), "mine==1"));
  CHECK(world.processes == 2);

  const fs::path more = world.folder.path() / "more";
  make_folders(more / "other-2.dist-info");
  std::ofstream(site / "x.pth") << "\n";
  CHECK_FALSE(holds(world.identify(python), "other==2"));
  std::ofstream(site / "x.pth") << more.string() << "\n";
  CHECK(holds(world.identify(python), "other==2"));
}

TEST_CASE("interpreter: what PYTHONPATH adds counts, and another environment is asked anew") {
  InterpreterWorld world;
  world.identify(python);
  make_folders(world.folder.path() / "added" / "sample-7.dist-info");
  world.extra = {"PYTHONPATH=" + (world.folder.path() / "added").string()};
  CHECK(holds(world.identify(python), "sample==7"));
  CHECK(world.processes == 2);
  world.extra.clear();
  CHECK_FALSE(holds(world.identify(python), "sample==7"));
  CHECK(world.processes == 2);
}

TEST_CASE("interpreter: another target behind the same path, or another pyvenv.cfg, is noticed") {
  InterpreterWorld world;
  const fs::path venv = world.make_venv();
  if (venv.empty()) return;
  const fs::path program = venv / "bin" / "python3";
  CHECK(world.identify(program).distributions.empty());
  std::ofstream(venv / "pyvenv.cfg", std::ios::app) << "# include-system-site-packages\n";
  world.identify(program);
  CHECK(world.processes == 2);
  std::ofstream(venv / "pyvenv.cfg") << "home = /usr/bin\ninclude-system-site-packages = true\n";
  CHECK(world.identify(program).distributions == world.identify(python).distributions);
}

TEST_CASE("interpreter: what changed within the last two seconds is not remembered") {
  InterpreterWorld world;
  const fs::path venv = world.make_venv();
  if (venv.empty()) return;
  world.ahead = Duration(0);
  const fs::path program = venv / "bin" / "python3";
  world.identify(program);
  world.identify(program);
  CHECK(world.processes == 2);
}

TEST_CASE("interpreter: a shim is asked anew in every run") {
  InterpreterWorld world;
  const fs::path script = world.make_script("python3", "#!/bin/sh\nexec /usr/bin/python3 \"$@\"\n");
  const InterpreterIdentity identity = world.identify(script);
  CHECK(identity == world.identify(python));
  world.identify(script);
  fs::create_symlink(script, world.folder.path() / "link");
  world.identify(world.folder.path() / "link");
  world.identify(world.folder.path() / "link");
  CHECK(world.processes == 5);
}

TEST_CASE(
    "interpreter: it is known where one lies, behind a shim too, and after it was remembered") {
  InterpreterWorld world;
  const fs::path venv = world.make_venv();
  if (venv.empty()) return;
  const fs::path shim = world.make_script(
      "python3", "#!/bin/sh\nexec " + (venv / "bin/python").string() + " \"$@\"\n");
  const auto holds = [](const InterpreterPlaces& places, const fs::path& path) {
    return std::find(places.places.begin(), places.places.end(), path) != places.places.end();
  };
  for (const auto& program : {shim, venv / "bin" / "python", venv / "bin" / "python"}) {
    InterpreterProbe probe(world.cache, run_process, {"PATH=/usr/bin:/bin"},
                           [&world] { return now() + world.ahead; });
    CHECK_FALSE(probe.places(program));
    (void)probe.identify(program);
    probe.save();
    const auto places = probe.places(program);
    REQUIRE(places);
    CHECK(places->executable == venv / "bin" / "python");
    CHECK(holds(*places, venv));
    CHECK(holds(*places, "/usr"));
    CHECK_FALSE(holds(*places, venv / "bin"));
  }
}

TEST_CASE("interpreter: words that start-up files print do not disturb") {
  InterpreterWorld world;
  const fs::path script =
      world.make_script("python3", "#!/bin/sh\necho version=wrong\nexec /usr/bin/python3 \"$@\"\n");
  CHECK(world.identify(script).version.starts_with("cpython 3."));
}

TEST_CASE(
    "interpreter: a damaged cache file is no cache, and one that cannot be written no error") {
  InterpreterWorld world;
  const InterpreterIdentity identity = world.identify(python);
  const std::string bytes = read_file(world.cache);
  for (const std::size_t length : {std::size_t{0}, std::size_t{10}, bytes.size() / 2}) {
    std::ofstream(world.cache, std::ios::binary) << bytes.substr(0, length);
    CHECK(world.identify(python) == identity);
  }
  CHECK(world.processes == 4);
  world.cache = "/proc/no/such/folder/cache";
  CHECK(world.identify(python) == identity);
}

TEST_CASE("interpreter: a missing program, and one that is no interpreter, are named with a hint") {
  InterpreterWorld world;
  const auto message = [&](const fs::path& program, ErrorKind kind) {
    try {
      world.identify(program);
    } catch (const Error& error) {
      CHECK(error.kind() == kind);
      return std::string(error.what());
    }
    return std::string("no error");
  };
  CHECK(message("/no/such/python3", ErrorKind::not_found).find("python:") != std::string::npos);
  CHECK(message("/bin/false", ErrorKind::system).find("/bin/false") != std::string::npos);
  CHECK(message("/bin/echo", ErrorKind::system).find("python:") != std::string::npos);
  const fs::path broken = world.make_script("broken", "#!/bin/sh\necho no library >&2\nexit 3\n");
  CHECK(message(broken, ErrorKind::system).find("no library") != std::string::npos);
}

TEST_CASE(
    "interpreter: R's version and packages (with a fake Rscript: R itself is not tried here)") {
  InterpreterWorld world;
  const fs::path library = world.folder.path() / "library";
  make_folders(library / "ggplot2");
  make_folders(library / "no_package");
  std::ofstream(library / "ggplot2" / "DESCRIPTION") << "Package: ggplot2\nVersion: 3.4.1\n";
  const fs::path script =
      world.make_script("Rscript",
                        "#!/bin/sh\ncase $1 in\n"
                        "  --version) echo 'Rscript (R) version 4.2.2 (2022-10-31)' >&2 ;;\n"
                        "  -e) printf 'mlpipe:\\n" +
                            library.string() + "\\n\\n' ;;\nesac\n");
  const InterpreterIdentity identity = world.identify(script);
  CHECK(identity.language == "R");
  CHECK(identity.version == "R 4.2.2");
  CHECK(identity.distributions == std::vector<std::string>{"ggplot2==3.4.1"});
  std::ofstream(library / "ggplot2" / "DESCRIPTION") << "Package: ggplot2\nVersion: 3.4.2\n";
  CHECK(holds(world.identify(script), "ggplot2==3.4.2"));
}

TEST_CASE("interpreter: a cache file with any byte changed or cut is none") {
  const TemporaryFolder folder;
  const fs::path file = folder.path() / "interpreters";
  InterpreterCache cache;
  auto& entry = cache["/usr/bin/python3"];
  entry.identity = {.language = "python", .version = "3.11.2", .distributions = {"numpy==1.24.2"}};
  entry.watched = {{.path = "/x", .stat = {}}, {.path = "/y", .stat = FileStat{.mtime_ns = 5}}};
  write_interpreter_cache(file, cache);
  const std::string whole = read_file(file);
  const auto again = read_interpreter_cache(file);
  REQUIRE(again.size() == 1);
  CHECK(again.begin()->second.identity == entry.identity);
  CHECK(again.begin()->second.watched.size() == 2);
  for (std::size_t i = 0; i < whole.size(); ++i) {
    std::string damaged = whole;
    damaged[i] = static_cast<char>(damaged[i] ^ 1);
    write_file_atomically(file, damaged);
    CHECK(read_interpreter_cache(file).empty());
    write_file_atomically(file, std::string_view(whole).substr(0, i));
    CHECK(read_interpreter_cache(file).empty());
  }
}

}  // namespace mlpipe
