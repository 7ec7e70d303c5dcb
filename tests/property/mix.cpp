// What every step of a random pipeline runs: its outputs are a function of all that it can see of
// what it declares, and of nothing else.
//
//   mix [--during FOLDER] [--salt TEXT] [--variable NAME]… [--coarse] [--file OUT]… [--folder OUT]…
//   PATH…
//
// Reads each PATH whole, in order: of a folder every entry with name, kind, executable bit, link
// text and bytes. A link that leads out of its PATH counts as what it leads to, as mlpipe promises.
// A file OUT gets the hash and a few lines; a folder OUT gets files of several kinds made from it:
// an empty folder, an executable, a link. With --coarse only one bit of what was read counts, so
// that most edits lead to the same bytes (early cutoff). --during: if FOLDER holds a file with the
// step's name, half of the paths are read, then the file is renamed to NAME.reached, and the other
// half is read once there is a NAME.go. So a test edits sources and inputs while a step runs.
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include <unistd.h>

namespace fs = std::filesystem;

namespace {

/// FNV-1a: any function of all bytes will do.
class Mixed {
 public:
  void add(const std::string& bytes) {
    add_number(bytes.size());
    for (const char c : bytes) add_byte(static_cast<unsigned char>(c));
  }
  void add_number(std::uint64_t number) {
    for (int i = 0; i < 8; ++i) add_byte(static_cast<unsigned char>(number >> (8 * i)));
  }
  [[nodiscard]] std::uint64_t value() const { return value_; }

 private:
  void add_byte(unsigned char byte) { value_ = (value_ ^ byte) * 0x100000001b3ULL; }

  std::uint64_t value_ = 0xcbf29ce484222325ULL;
};

std::string read_file(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) {
    std::fprintf(stderr, "mix: cannot read %s\n", path.c_str());
    std::exit(3);
  }
  return {std::istreambuf_iterator<char>(in), {}};
}

void write_file(const fs::path& path, const std::string& bytes) {
  std::ofstream out(path, std::ios::binary);
  out << bytes;
  if (!out.flush()) {
    std::fprintf(stderr, "mix: cannot write %s\n", path.c_str());
    std::exit(3);
  }
}

bool is_executable(const fs::path& path) {
  return (fs::status(path).permissions() & fs::perms::owner_exec) != fs::perms::none;
}

bool leads_out(const fs::path& link, const fs::path& root) {
  const std::string target = fs::canonical(link).string();
  return target.rfind(root.string() + "/", 0) != 0;
}

void add_tree(Mixed& mixed, const fs::path& path, const fs::path& root) {
  if (fs::is_symlink(path) && !leads_out(path, root)) {
    mixed.add("link");
    mixed.add(fs::read_symlink(path).string());
  } else if (fs::is_directory(path)) {
    std::vector<fs::path> entries(fs::directory_iterator(path), fs::directory_iterator{});
    std::sort(entries.begin(), entries.end());
    mixed.add("folder");
    mixed.add_number(entries.size());
    for (const auto& entry : entries) {
      mixed.add(entry.filename().string());
      add_tree(mixed, entry, root);
    }
  } else {
    mixed.add(is_executable(path) ? "program" : "file");
    mixed.add(read_file(path));
  }
}

void write_folder(const fs::path& folder, const std::string& text) {
  fs::create_directories(folder / "empty");
  fs::create_directories(folder / "deep" / "er");
  write_file(folder / "a.txt", text);
  write_file(folder / "deep" / "er" / ("n" + text.substr(0, 1)), text + text);
  write_file(folder / "run", "#!/bin/sh\n# " + text);
  fs::permissions(folder / "run", fs::perms::owner_exec, fs::perm_options::add);
  fs::create_symlink("deep/er", folder / "link");
}

/// One process of those that come here stops until it is told to go on.
void pause_if_asked(const std::string& folder) {
  const char* step = std::getenv("MLPIPE_STEP");
  if (folder.empty() || step == nullptr) return;
  const std::string name = folder + "/" + step;
  if (std::rename(name.c_str(), (name + ".reached").c_str()) != 0) return;
  while (::access((name + ".go").c_str(), F_OK) != 0) ::usleep(500);
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::string> words(argv + 1, argv + argc);
  std::vector<fs::path> files;
  std::vector<fs::path> folders;
  std::vector<fs::path> paths;
  std::string during;
  bool coarse = false;
  Mixed mixed;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (words[i] == "--file")
      files.emplace_back(words[++i]);
    else if (words[i] == "--folder")
      folders.emplace_back(words[++i]);
    else if (words[i] == "--salt")
      mixed.add(words[++i]);
    else if (words[i] == "--variable")
      mixed.add(std::getenv(words[++i].c_str()));
    else if (words[i] == "--during")
      during = words[++i];
    else if (words[i] == "--coarse")
      coarse = true;
    else
      paths.emplace_back(words[i]);
  }
  for (std::size_t i = 0; i < paths.size(); ++i) {
    if (i == paths.size() / 2) pause_if_asked(during);
    // The path itself is followed; what is in it counts as it is.
    const fs::path path = fs::is_symlink(paths[i]) ? fs::canonical(paths[i]) : paths[i];
    add_tree(mixed, path, fs::canonical(path));
  }
  const std::string text = std::to_string(coarse ? mixed.value() & 1U : mixed.value()) + "\n";
  for (const auto& file : files) write_file(file, text);
  for (const auto& folder : folders) write_folder(folder, text);
  return 0;
}
