#include "base/http_fetch.h"

#include "base/error.h"
#include "support/catch.h"
#include "support/http_server.h"

namespace mlpipe {
namespace {

using Catch::Matchers::Contains;

const HttpWatch goes_on = [](const HttpProgress&) { return true; };

struct Fetching {
  test::HttpServer server;
  TemporaryFolder folder;

  [[nodiscard]] std::filesystem::path file() const { return folder.path() / "file"; }
  std::optional<HttpFetched> fetch(const std::string& url) const {
    return http_fetch({.url = url, .to = file(), .stall_timeout = std::chrono::seconds(1)},
                      goes_on);
  }
  /// Why it fails; nothing is left of it then.
  std::pair<ErrorKind, std::string> failure(const std::string& url) const {
    try {
      (void)fetch(url);
    } catch (const Error& error) {
      CHECK(list_names(folder.path()).empty());
      return {error.kind(), error.what()};
    }
    FAIL("it was fetched: " << url);
    return {};
  }
};

}  // namespace

TEST_CASE("a file is fetched as it is, with what the server says of it") {
  const Fetching test;
  std::string content(3'000'000, 'x');
  content[5] = '\0';
  test.server.put("data.bin", content);
  const auto fetched = test.fetch(test.server.url("/files/data.bin"));
  REQUIRE(fetched);
  CHECK(fetched->bytes == content.size());
  CHECK(fetched->etag == "\"of-3000000\"");
  CHECK(fetched->last_modified == "Wed, 25 Nov 2026 10:00:00 GMT");
  CHECK(read_file(test.file()) == content);
  CHECK(list_names(test.folder.path()) == std::vector<std::string>{"file"});

  test.server.put("empty", "");
  CHECK(test.fetch(test.server.url("/files/empty"))->bytes == 0);
  CHECK(read_file(test.file()).empty());
}

TEST_CASE("redirects are followed to http only, and not without end") {
  const Fetching test;
  test.server.put("a", "there");
  REQUIRE(test.fetch(test.server.url("/to?/to%3F/files/a")));
  CHECK(read_file(test.file()) == "there");
  std::filesystem::remove(test.file());

  CHECK_THAT(test.failure(test.server.url("/loop")).second, Contains("more than 20 times"));
  CHECK_THAT(test.failure(test.server.url("/to?file:///etc/passwd")).second,
             Contains("neither http nor https"));
  CHECK_THAT(test.failure(test.server.url("/to?ftp://127.0.0.1/x")).second,
             Contains("neither http nor https"));
  CHECK_THAT(test.failure("file:///etc/passwd").second, Contains("only http:// and https://"));
}

TEST_CASE("what a server refuses, and what goes wrong on the way, is said in plain words") {
  Fetching test;
  auto [kind, text] = test.failure(test.server.url("/files/none?token=secret"));
  CHECK(kind == ErrorKind::not_found);
  CHECK_THAT(text, Contains("/files/none': the server answers 404 (not found)"));
  CHECK_THAT(text, !Contains("secret"));
  CHECK_THAT(test.failure(test.server.url("/status/403")).second, Contains("403 (no access)"));
  std::tie(kind, text) = test.failure(test.server.url("/status/503"));
  CHECK(kind == ErrorKind::system);
  CHECK_THAT(text, Contains("503 (a fault of the server's)"));
  CHECK_THAT(test.failure(test.server.url("/short")).second,
             Contains("the connection ended before all had come, after 10"));
  CHECK_THAT(test.failure(test.server.url("/stall")).second, Contains("no byte has come"));
  CHECK_THAT(test.failure("https" + test.server.url("/files/a").substr(4)).second,
             Contains("no secure connection (TLS)"));
  CHECK_THAT(test.failure("http://no-such-host.invalid/a").second,
             Contains("cannot resolve host 'no-such-host.invalid'"));
  test.server.stop();
  CHECK_THAT(test.failure(test.server.url("/files/a")).second, Contains("nothing answers at"));
}

TEST_CASE("who watches a fetch is told how far it is, and can give it up") {
  const Fetching test;
  std::optional<HttpProgress> seen;
  const auto fetched = http_fetch({.url = test.server.url("/stall"), .to = test.file()},
                                  [&seen](const HttpProgress& progress) {
                                    seen = progress;
                                    return progress.bytes == 0;
                                  });
  CHECK_FALSE(fetched);
  REQUIRE(seen);
  CHECK(seen->bytes == 4);
  CHECK(seen->of_bytes == 8);
  CHECK(list_names(test.folder.path()).empty());
}

}  // namespace mlpipe
