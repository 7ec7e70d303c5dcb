#pragma once

#include <string>

#include "base/file.h"

namespace mlpipe::test {

/// tests/support/http_server.py, for as long as this lives: a web server on loopback that serves a
/// folder of its own, and misbehaves in ways that its file lists.
class HttpServer {
 public:
  HttpServer();
  ~HttpServer();
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  [[nodiscard]] std::string url(const std::string& path) const;
  /// What /files/NAME gives from now on.
  void put(const std::string& name, std::string_view content) const;
  [[nodiscard]] int requests() const;
  /// What was posted so far, each body with a line end.
  [[nodiscard]] std::string posted() const;
  /// No server is there any more.
  void stop();

 private:
  TemporaryFolder folder_;
  Fd stdin_;
  int pid_ = 0;
  int port_ = 0;
};

}  // namespace mlpipe::test
