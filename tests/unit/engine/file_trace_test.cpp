#include "engine/file_trace.h"

#include <initializer_list>
#include <string>

#include "support/catch.h"

namespace mlpipe {

namespace {

using How = FileAccess::How;

FileAccesses read_lines(std::initializer_list<std::string_view> lines) {
  TraceReader reader("/w/code");
  for (const auto line : lines) reader.add(line);
  return reader.accesses();
}

}  // namespace

TEST_CASE("a trace tells what was read, listed, executed and only looked at") {
  // As strace 6.1 wrote them.
  const auto found = read_lines({
      R"(16028 execve("/usr/bin/bash", ["bash", "s.sh"], 0x7ffee0c83a30 /* 37 vars */) = 0)",
      R"(16028 access("/etc/ld.so.preload", R_OK) = -1 ENOENT (No such file or directory))",
      R"(16028 openat(AT_FDCWD</w/code>, "in/a,b).csv", O_RDONLY|O_CLOEXEC) = 3</w/code/in/a,b).csv>)",
      R"(16028 newfstatat(3</w/code/in/a>, "", {st_mode=S_IFREG|0644, st_size=3, ...}, AT_EMPTY_PATH) = 0)",
      R"(16028 newfstatat(AT_FDCWD</w/code>, "/data/x", {st_mode=S_IFDIR|0755, st_size=60, ...}, 0) = 0)",
      R"(16028 openat(AT_FDCWD</w/code>, "/data/", O_RDONLY|O_NONBLOCK|O_CLOEXEC|O_DIRECTORY) = 4</mnt/data>)",
      R"(16028 readlink("/data/link", "../a", 4095) = 4)",
  });
  CHECK(found.at("/usr/bin/bash").how == How::executed);
  CHECK_FALSE(found.at("/etc/ld.so.preload").found);
  CHECK(found.at("/w/code/in/a,b).csv").how == How::read);
  CHECK(found.at("/w/code/in/a,b).csv").found);
  CHECK(found.at("/data/x").how == How::looked_at);
  CHECK(found.at("/data").how == How::listed);
  CHECK(found.at("/data").real == "/mnt/data");
  CHECK(found.at("/data/link").how == How::looked_at);
}

TEST_CASE("a trace's texts come back as the bytes they stand for") {
  CHECK(unescaped(R"("plain")") == "plain");
  CHECK(unescaped(R"("a\"b\\c\n\t")") == "a\"b\\c\n\t");
  CHECK(unescaped(R"("\303\251\1\x1f.txt")") == "\303\251\1\x1f.txt");
  CHECK(unescaped(R"("\0012")") == "\0012");
  CHECK(unescaped(R"(a\74b\76c)") == "a<b>c");
  CHECK(unescaped(R"("")").empty());
  CHECK(unescaped(R"("cut\)") == "cut\\");
  const auto found = read_lines(
      {R"(7 openat(AT_FDCWD</d/a\74b\76>, "\303\251\1, \"x\").txt", O_RDONLY) = 3</d/x>)"});
  REQUIRE(found.size() == 1);
  CHECK(found.begin()->first == "/d/a<b>/\303\251\1, \"x\").txt");
}

TEST_CASE("a relative path is below the folder its process is in") {
  const auto found = read_lines({
      R"(10 access("one", F_OK) = 0)",
      R"(10 chdir("sub") = 0)",
      R"(10 chdir("gone") = -1 ENOENT (No such file or directory))",
      R"(10 access("two", F_OK) = 0)",
      R"(10 clone(child_stack=NULL, flags=CLONE_CHILD_CLEARTID|SIGCHLD, child_tidptr=0x7f) = 11)",
      R"(11 chdir("/other") = 0)",
      R"(11 access("../three", F_OK) = 0)",
      R"(10 access("four", F_OK) = 0)",
      R"(10 fchdir(5</somewhere>) = 0)",
      R"(10 access("five", F_OK) = 0)",
      R"(10 openat(6</below>, "six", O_RDONLY) = 7</below/six>)",
      R"(10 stat("/abs/./seven/", {st_mode=S_IFREG|0644, ...}) = 0)",
  });
  for (const char* path : {"/w/code/one", "/w/code/sub/two", "/three", "/w/code/sub/four",
                           "/somewhere/five", "/below/six", "/abs/seven"}) {
    INFO(path);
    CHECK(found.contains(path));
  }
}

TEST_CASE("a new process is in its maker's folder also before the maker's call has ended") {
  const auto found = read_lines({
      R"(20 chdir("/a") = 0)",
      R"(21 chdir("/b") = 0)",
      R"(20 vfork( <unfinished ...>)",
      R"(22 access("x", F_OK) = 0)",
      R"(20 <... vfork resumed>) = 22)",
      R"(20 access("y", F_OK) = 0)",
  });
  CHECK(found.contains("/a/x"));
  CHECK(found.contains("/a/y"));
}

TEST_CASE("a call that another process interrupted is put together") {
  const auto found = read_lines({
      R"(30 openat(AT_FDCWD</w/code>, "/data/x.csv", O_RDONLY <unfinished ...>)",
      R"(31 openat(AT_FDCWD</w/code>, "/data/y.csv", O_RDONLY <unfinished ...>)",
      R"(30 <... openat resumed>) = 3</data/x.csv>)",
      R"(31 <... openat resumed>) = -1 EACCES (Permission denied))",
      R"(32 <... openat resumed>) = 3</data/z.csv>)",
  });
  CHECK(found.size() == 2);
  CHECK(found.at("/data/x.csv").found);
  CHECK_FALSE(found.at("/data/y.csv").found);
}

TEST_CASE("what a step makes itself is no input of its") {
  const auto found = read_lines({
      R"(40 openat(AT_FDCWD</w/code>, "/tmp/a", O_WRONLY|O_CREAT|O_TRUNC, 0666) = 3</tmp/a>)",
      R"(40 openat(AT_FDCWD</w/code>, "/tmp/a", O_RDONLY) = 3</tmp/a>)",
      R"(40 mkdir("/tmp/folder", 0777) = 0)",
      R"(40 openat(AT_FDCWD</w/code>, "/tmp/folder/in/it", O_RDONLY) = 3</tmp/folder/in/it>)",
      R"(40 rename("/tmp/a", "/tmp/b") = 0)",
      R"(40 openat(AT_FDCWD</w/code>, "/tmp/b", O_RDONLY) = 3</tmp/b>)",
      R"(40 symlinkat("target", AT_FDCWD</tmp>, "link") = 0)",
      R"(40 readlink("/tmp/link", "target", 4095) = 6)",
      R"(40 access("/tmp/db", F_OK) = -1 ENOENT (No such file or directory))",
      R"(40 openat(AT_FDCWD</w/code>, "/tmp/db", O_RDWR|O_CREAT, 0644) = 3</tmp/db>)",
      R"(40 openat(AT_FDCWD</w/code>, "/tmp/db", O_RDONLY) = 3</tmp/db>)",
  });
  for (const auto& [path, access] : found) {
    INFO(path);
    CHECK_FALSE(access.found);
  }
}

TEST_CASE("what a step reads before it writes it is an input, and so is a database it opens") {
  const auto found = read_lines({
      R"(50 openat(AT_FDCWD</w/code>, "/data/count", O_RDONLY) = 3</data/count>)",
      R"(50 openat(AT_FDCWD</w/code>, "/data/count", O_WRONLY|O_CREAT|O_TRUNC, 0666) = 3</data/count>)",
      R"(50 openat(AT_FDCWD</w/code>, "/data/db", O_RDWR|O_CREAT, 0644) = 3</data/db>)",
      R"(50 mkdir("/data", 0777) = -1 EEXIST (File exists))",
      R"(50 openat(AT_FDCWD</w/code>, "/data/more", O_RDONLY) = 3</data/more>)",
  });
  CHECK(found.at("/data/count").how == How::read);
  CHECK(found.at("/data/db").how == How::read);
  CHECK(found.at("/data/more").how == How::read);
}

TEST_CASE("lines that are none do no harm") {
  const auto found = read_lines({
      "",
      "x",
      "12",
      "12 ",
      "12 +++ exited with 0 +++",
      "12 --- SIGCHLD {si_signo=SIGCHLD} ---",
      "12 openat(",
      "12 openat(AT_FDCWD",
      R"(12 openat(AT_FDCWD, "/a)",
      R"(12 openat(AT_FDCWD, "/a\)",
      R"(12 openat(AT_FDCWD</x, "/a", O_RDONLY) = 3)",
      "12 execve(NULL, NULL, NULL) = -1 EFAULT",
      "12 <... openat resumed>) = 3",
      "12 = 3",
      "99999999999999999999999 stat(\"/b\") = 0",
      R"(12 open("/c", O_RDONLY)",
      R"(12 open("/c", O_RDONLY) = ?)",
  });
  for (const auto& [path, access] : found) {
    INFO(path);
    CHECK_FALSE(access.found);
  }
}

}  // namespace mlpipe
