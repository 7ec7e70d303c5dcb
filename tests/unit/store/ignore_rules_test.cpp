#include "store/ignore_rules.h"

#include <array>
#include <cstdio>
#include <map>
#include <random>

#include "support/catch.h"
#include "unit/store/store_testing.h"

namespace mlpipe {

namespace fs = std::filesystem;

namespace {

/// Run a shell command line; its standard output.
std::string run_shell(const std::string& command) {
  FILE* pipe = ::popen(command.c_str(), "r");
  REQUIRE(pipe != nullptr);
  std::string out;
  std::array<char, 4096> buffer{};
  for (std::size_t got = 0; (got = std::fread(buffer.data(), 1, buffer.size(), pipe)) > 0;)
    out.append(buffer.data(), got);
  ::pclose(pipe);
  return out;
}

std::string git_in(const fs::path& folder) {
  return "cd '" + folder.string() +
         "' && GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_NOSYSTEM=1 XDG_CONFIG_HOME=/nowhere git ";
}

/// As little of a repository as git accepts.
void make_repository(const fs::path& root) {
  put_file(root / ".git/HEAD", "ref: refs/heads/main\n");
  make_folders(root / ".git/objects");
  make_folders(root / ".git/refs");
}

/// What git says of each path: true if it is ignored. Paths that end in '/' are folders.
std::map<std::string, bool> ask_git(const fs::path& root, const Lines& paths) {
  std::string question;
  // Without a '/' at the end, which git would take for a part of the name; it looks for itself.
  for (const auto& path : paths)
    question.append(path, 0, path.size() - (path.ends_with('/') ? 1 : 0)).push_back('\0');
  put_file(root.parent_path() / "question", question);
  const std::string answer =
      run_shell(git_in(root) + "check-ignore --stdin -z --no-index -v -n < ../question");
  std::map<std::string, bool> ignored;
  std::size_t at = 0;
  const auto next = [&] {
    const std::size_t end = answer.find('\0', at);
    REQUIRE(end != std::string::npos);
    std::string field = answer.substr(at, end - at);
    at = end + 1;
    return field;
  };
  while (at < answer.size()) {
    const std::string file = next();
    (void)next();
    const std::string pattern = next();
    std::string path = next();
    if (fs::is_directory(root / path)) path += '/';
    ignored[path] = !file.empty() && !pattern.empty() && pattern[0] != '!';
  }
  REQUIRE(ignored.size() == paths.size());
  return ignored;
}

/// What our rules say, with folders above asked first, as a walk does.
bool we_ignore(const fs::path& root, const std::string& path) {
  const IgnoreRules rules(root);
  std::vector<IgnoreScope> scopes;
  scopes.reserve(16);
  scopes.push_back(rules.scope(nullptr, root, ""));
  for (std::size_t slash = path.find('/');; slash = path.find('/', slash + 1)) {
    const bool last = slash == std::string::npos;
    if (slash + 1 == path.size()) return rules.ignored(scopes.back(), path.substr(0, slash), true);
    const std::string part = path.substr(0, slash);
    if (rules.ignored(scopes.back(), part, !last)) return true;
    if (last) return false;
    scopes.push_back(rules.scope(&scopes.back(), root / part, part));
  }
}

struct Case {
  const char* patterns;
  const char* path;  ///< A folder if it ends in '/'.
  bool ignored;
};

// clang-format off
constexpr Case cases[] = {
    {"a.txt", "a.txt", true}, {"a.txt", "d/a.txt", true}, {"/a.txt", "d/a.txt", false},
    {"d/a.txt", "d/a.txt", true}, {"d/a.txt", "e/d/a.txt", false}, {"# a", "# a", false},
    {"\\#a", "#a", true}, {"\\!a", "!a", true}, {"a  ", "a", true}, {"a\\ ", "a ", true},
    {"a\\ ", "a", false}, {"a\\  ", "a ", true}, {"a\t", "a", false}, {"a\t", "a\t", true},
    {"a\r\n", "a", true}, {"foo/", "foo/", true}, {"foo/", "foo", false},
    {"foo/", "d/foo/", true}, {"foo/", "foo/x", true}, {"*\n!keep", "keep", false},
    {"!keep\n*", "keep", true}, {"d/\n!d/keep", "d/keep", true}, {"d/*\n!d/keep", "d/keep", false},
    {"*.o", "x.o", true}, {"*.o", "d/.o", true}, {"*.o", "x.oo", false}, {"a*", "abc", true},
    {"d/*", "d/x", true}, {"d/*.c", "d/e/x.c", false}, {"**/x", "x", true},
    {"**/x", "d/e/x", true}, {"d/**", "d/e/x", true}, {"d/**", "d/", false},
    {"d/**/x", "d/x", true}, {"d/**/x", "d/e/f/x", true}, {"d/**/x", "dx", false},
    {"d/**x", "d/ex", true}, {"d/**x", "d/e/x", false}, {"a**/b", "a/b", true},
    {"a**/b", "ab", true}, {"**", "d/x", true}, {"?", "x", true}, {"?", "xy", false},
    {"d?x", "d/x", false}, {"[a-c]", "b", true}, {"[a-c]", "d", false}, {"[!a]", "b", true},
    {"[^a]", "a", false}, {"[]a]", "]", true}, {"[!]a]", "b", true}, {"[a-]", "-", true},
    {"[--0]", "0", true}, {"[\\]]", "]", true}, {"[[:digit:]]x", "7x", true},
    {"[[:digit:]]x", "ax", false}, {"[[:upper:]a]", "Q", true}, {"[[:nonsense:]]", "n", false},
    {"[abc", "a", false}, {"[abc", "[abc", false}, {"d[/]x", "d/x", false}, {"\\*", "*", true},
    {"\\*", "x", false}, {"a\\", "a", false}, {"a\\", "a\\", false}, {"\\a", "a", true},
    {"/", "a", false}, {"/*", "d/", true}, {"/*\n!/d", "d/x", false}, {"!", "!", false},
    {"\xef\xbb\xbf""a", "a", true}, {"a\n\n\nb", "b", true}, {"*/x", "d/x", true},
    {"*/x", "x", false}, {"*/x", "d/e/x", false}, {"d/*/", "d/e/", true}, {"d/*/", "d/x", false},
    {"\xff*", "\xff\xfe", true}, {"a b", "a b", true}, {"'q'\"", "'q'\"", true},
    {"***/x", "d/x", true}, {"x/***", "x/y", true}, {"*a*b*c*", "xxaxxbxxcxx", true},
};
// clang-format on

}  // namespace

TEST_CASE("each kind of ignore pattern does what git does with it") {
  const TemporaryFolder folder;
  const fs::path root = folder.path() / "repository";
  make_repository(root);
  // Each in a folder of its own, so that git is asked once.
  Lines paths;
  for (const auto& example : cases) {
    const std::string own = "case" + std::to_string(paths.size()) + '/';
    paths.push_back(own + example.path);
    put_file(root / own / ".gitignore", example.patterns);
    if (paths.back().ends_with('/'))
      make_folders(root / paths.back());
    else
      put_file(root / paths.back(), "");
  }
  auto git_says = ask_git(root, paths);
  std::size_t next = 0;
  for (const auto& example : cases) {
    CAPTURE(example.patterns, example.path);
    const std::string& path = paths[next++];
    CHECK(we_ignore(root, path) == example.ignored);
    CHECK(git_says.at(path) == example.ignored);
  }
}

namespace {

/// Patterns and trees out of few letters, so that they often meet.
class Dice {
 public:
  explicit Dice(unsigned seed) : random_(seed) {}

  unsigned upto(unsigned most) { return static_cast<unsigned>(random_() % (most + 1)); }

  std::string name() {
    static constexpr std::array<const char*, 8> names = {"a",   "b",   "ab", "ba",
                                                         "a.b", "aab", "c",  "[a"};
    return names.at(upto(7));
  }

  std::string pattern() {
    static constexpr std::array<const char*, 22> pieces = {
        "a",  "b",   "a",   "b",    "c",    ".",    "*",           "*",   "?",     "/",   "/",
        "**", "**/", "/**", "/**/", "[ab]", "[!a]", "[[:alpha:]]", "\\a", "[a-b]", "***", "\\["};
    std::string text = upto(4) == 0 ? "!" : "";
    if (upto(5) == 0) text += '/';
    for (unsigned i = upto(4) + 1; i > 0; --i) text += pieces.at(upto(21));
    if (upto(5) == 0) text += '/';
    return text;
  }

  std::string patterns() {
    std::string text;
    for (unsigned i = upto(5) + 1; i > 0; --i) text += pattern() + '\n';
    return text;
  }

  /// Make a tree, and note its paths, folders with '/' at the end.
  void grow(const fs::path& root, const std::string& below, int depth, Lines& paths) {
    if (upto(2) == 0) put_file(root / below / ".gitignore", patterns());
    for (unsigned i = upto(3) + 1; i > 0; --i) {
      const std::string path = below + name();
      if (stat_link(root / path)) continue;
      if (depth > 0 && upto(1) == 0) {
        make_folders(root / path);
        paths.push_back(path + '/');
        grow(root, path + '/', depth - 1, paths);
      } else {
        put_file(root / path, "");
        paths.push_back(path);
      }
    }
  }

 private:
  std::mt19937 random_;
};

}  // namespace

TEST_CASE("random ignore files in random trees leave out what git leaves out") {
  std::size_t asked = 0;
  std::size_t ignored = 0;
  for (unsigned seed = 1; seed <= 60; ++seed) {
    const TemporaryFolder folder;
    const fs::path root = folder.path() / "repository";
    Dice dice(seed);
    Lines paths;
    put_file(root / ".gitignore", dice.patterns());
    dice.grow(root, "", 3, paths);
    make_repository(root);
    for (const auto& answer : ask_git(root, paths)) {
      CAPTURE(seed, answer.first, read_file(root / ".gitignore"));
      CHECK(we_ignore(root, answer.first) == answer.second);
      ++asked;
      ignored += answer.second ? 1 : 0;
    }
  }
  CHECK(asked > 400);
  CHECK(ignored > 100);
  CHECK(asked - ignored > 100);
}

TEST_CASE("a pattern of many stars takes no exponential time") {
  const Glob glob("*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*b");
  CHECK_FALSE(glob.matches(std::string(5000, 'a')));
}

TEST_CASE("the most specific ignore file that exists is read, at every depth") {
  Playground play;
  const fs::path root = play / "src";
  put_file(root / "a", "");
  put_file(root / "b", "");
  put_file(root / "c", "");
  put_file(root / "d/a", "");
  put_file(root / "d/.gitignore", "a\n.*\n");  // also if there is none at the top
  CHECK(play.source_shape(root) == Lines{"a", "b", "c", "d/"});
  fs::remove(root / "d/.gitignore");
  put_file(root / ".gitignore", "a\n.*\n");
  CHECK(play.source_shape(root) == Lines{"b", "c", "d/"});
  put_file(root / ".amlignore", "b\n.*\n");
  CHECK(play.source_shape(root) == Lines{"a", "c", "d/", "d/a"});
  put_file(root / ".mlpipeignore", "c\n.*\n");
  put_file(root / "d/.mlpipeignore", "a\n");
  CHECK(play.source_shape(root) == Lines{"a", "b", "d/"});
  CHECK(IgnoreRules(root).file_name() == ".mlpipeignore");
}

TEST_CASE("ignore files above the source hold as far as the repository reaches") {
  Playground play;
  const fs::path root = play / "repo/code/src";
  put_file(play / ".gitignore", "*\n");  // outside of the repository
  put_file(play / "repo/.gitignore", "/code/src/x\nsrc\ny\n");
  put_file(root / "x", "");
  put_file(root / "y", "");
  put_file(root / "z", "");
  SECTION("within a repository") {
    make_folders(play / "repo/.git");
    // `src` would ignore the folder itself: the user named it.
    CHECK(play.source_shape(root) == Lines{"z"});
    put_file(root / ".gitignore", "!y\n.gitignore\n");
    CHECK(play.source_shape(root) == Lines{"y", "z"});
  }
  SECTION("without one nothing above is read") {
    CHECK(play.source_shape(root) == Lines{"x", "y", "z"});
  }
}

TEST_CASE("what is always left out comes back only by its name, .git and .mlpipe never") {
  Playground play;
  const fs::path root = play / "src";
  for (const char* name : {".git/x", ".mlpipe/x", "d/__pycache__/x.pyc", ".ipynb_checkpoints/x",
                           "outputs/x", "logs/x", "d/outputs/x", "d/.git", "a.py"})
    put_file(root / name, "");
  CHECK(play.source_shape(root) == Lines{"a.py", "d/", "d/outputs/", "d/outputs/x"});
  put_file(root / ".gitignore", ".gitignore\n!*\n!*/\n!.git\n!.mlpipe\n.gitignore\n");
  CHECK(play.source_shape(root) == Lines{"a.py", "d/", "d/outputs/", "d/outputs/x"});
  put_file(root / ".gitignore", ".gitignore\n!outputs\n!__pycache__/\n");
  CHECK(play.source_shape(root) == Lines{"a.py", "d/", "d/__pycache__/", "d/__pycache__/x.pyc",
                                         "d/outputs/", "d/outputs/x", "outputs/", "outputs/x"});
}

TEST_CASE("an ignored folder is not opened, and nothing below it comes back") {
  Playground play;
  const fs::path root = play / "src";
  put_file(root / ".gitignore", "big/\n!big/keep\n.gitignore\n");
  put_file(root / "big/keep", "");
  // A FIFO is refused wherever it is seen.
  REQUIRE(::mkfifo((root / "big/fifo").c_str(), 0600) == 0);
  put_file(root / "a", "");
  CHECK(play.source_shape(root) == Lines{"a"});
  put_file(root / ".gitignore", ".gitignore\n");
  CHECK_THROWS_AS(play.source(root), Error);
}

TEST_CASE("left_out and include narrow a source folder") {
  Playground play;
  const fs::path root = play / "src";
  for (const char* name : {"a.py", "b.py", "lib/x.py", "lib/y.py", "lib/sub/z.py", "gen/m.py"})
    put_file(root / name, "");
  put_file(root / ".gitignore", "gen/\ny.py\n.gitignore\n");
  SourceFolder source{.root = root, .include = {}, .left_out = {root / "lib/sub", play / "other"}};
  const auto shape_of = [&] { return shape(hash_source(source, play.cache, play.pool).entries); };
  CHECK(shape_of() == Lines{"a.py", "b.py", "lib/", "lib/x.py"});
  source.include = {"./a.py", "lib/"};
  CHECK(shape_of() == Lines{"a.py", "lib/", "lib/x.py"});
  source.include = {"lib/y.py", "gen/m.py"};  // named, so not ignored
  CHECK(shape_of() == Lines{"gen/", "gen/m.py", "lib/", "lib/y.py"});
  source.include = {"nothing.py"};
  CHECK_THROWS_AS(shape_of(), Error);
  source.include = {"../src/a.py", "../../etc/passwd"};
  CHECK_THROWS_AS(shape_of(), Error);
}

TEST_CASE("a pattern of very many folders does not exhaust the stack") {
  std::string pattern;
  for (int i = 0; i < 200'000; ++i) pattern += "**/";
  CHECK(Glob(pattern + "a").matches("x/y/a"));
  CHECK_FALSE(Glob(pattern + "a").matches("x/y/b"));
}

}  // namespace mlpipe
