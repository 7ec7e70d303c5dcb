#include "support/http_server.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <stdexcept>

namespace mlpipe::test {

namespace {

std::array<int, 2> server_pipe() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) throw std::runtime_error("no pipe");
  return ends;
}

}  // namespace

HttpServer::HttpServer() {
  const auto in = server_pipe();
  const auto out = server_pipe();
  stdin_ = Fd(in[1]);
  const Fd its_stdin(in[0]);
  const Fd its_stdout(out[1]);
  const Fd answer(out[0]);
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_adddup2(&actions, its_stdin.get(), STDIN_FILENO);
  ::posix_spawn_file_actions_adddup2(&actions, its_stdout.get(), STDOUT_FILENO);
  std::array<std::string, 3> words = {"python3", MLPIPE_REPOSITORY "/tests/support/http_server.py",
                                      folder_.path().string()};
  std::array<char*, 4> argv = {words[0].data(), words[1].data(), words[2].data(), nullptr};
  const int failed = ::posix_spawnp(&pid_, "python3", &actions, nullptr, argv.data(), environ);
  ::posix_spawn_file_actions_destroy(&actions);
  if (failed != 0) throw std::runtime_error("python3 cannot be started");
  std::string said;
  char c = 0;
  while (::read(answer.get(), &c, 1) == 1 && c != '\n') said += c;
  if (!said.starts_with("PORT ")) throw std::runtime_error("the server said: " + said);
  port_ = std::stoi(said.substr(5));
}

HttpServer::~HttpServer() { stop(); }

void HttpServer::stop() {
  stdin_.reset();
  if (pid_ > 0) ::waitpid(pid_, nullptr, 0);
  pid_ = 0;
}

std::string HttpServer::url(const std::string& path) const {
  return fmt::format("http://127.0.0.1:{}{}", port_, path);
}

void HttpServer::put(const std::string& name, std::string_view content) const {
  write_file_atomically(folder_.path() / name, content);
}

int HttpServer::requests() const {
  if (!stat_file(folder_.path() / ".requests")) return 0;
  const auto lines = read_file(folder_.path() / ".requests");
  return static_cast<int>(std::count(lines.begin(), lines.end(), '\n'));
}

std::string HttpServer::posted() const {
  const auto file = folder_.path() / ".posted";
  return stat_file(file) ? read_file(file) : std::string();
}

}  // namespace mlpipe::test
