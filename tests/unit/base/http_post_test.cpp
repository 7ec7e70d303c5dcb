#include "base/http_post.h"

#include "base/error.h"
#include "support/catch.h"
#include "support/http_server.h"

namespace mlpipe {
namespace {

using Catch::Matchers::Contains;

std::string post_failure(const std::string& url, std::chrono::milliseconds timeout) {
  try {
    http_post({.url = url, .body = "{}", .timeout = timeout});
  } catch (const Error& error) {
    return error.what();
  }
  return "it was taken";
}

}  // namespace

TEST_CASE("JSON is posted as it is, and an answer of 2xx is enough") {
  const test::HttpServer server;
  std::string body = "{\"text\": \"ä\"}";
  http_post({.url = server.url("/hook/a?x=1"), .body = body});
  CHECK(server.posted() == body + "\n");
  const std::string large = "\"" + std::string(300'000, 'x') + "\"";
  http_post({.url = server.url("/hook/a"), .body = large});
  CHECK(server.posted() == body + "\n" + large + "\n");
  CHECK(server.requests() == 2);
}

TEST_CASE("a post that was not taken says why, by the host alone") {
  test::HttpServer server;
  using namespace std::chrono_literals;
  const auto host = server.url("");
  for (const auto* path : {"/hook-500/SECRET", "/hook-404/SECRET", "/hook-302/SECRET"}) {
    const auto said = post_failure(server.url(path), 5s);
    CHECK_THAT(said, Contains("the server answers " + std::string(path).substr(6, 3)) &&
                         Contains(host.substr(7)) && !Contains("SECRET"));
  }
  const auto late = post_failure(server.url("/hook-never/SECRET"), 200ms);
  CHECK_THAT(late, Contains("no answer within 0.2 s") && !Contains("SECRET"));
  const auto gone = server.url("/hook/SECRET");
  server.stop();
  CHECK_THAT(post_failure(gone, 5s), Contains("nothing answers there") && !Contains("SECRET"));
  CHECK_THAT(post_failure("ftp://host/SECRET", 1s), Contains("http://") && !Contains("SECRET"));
  CHECK_THAT(post_failure("http://user:SECRET@[::1/SECRET", 1s),
             Contains("cannot send") && !Contains("SECRET"));
}

}  // namespace mlpipe
