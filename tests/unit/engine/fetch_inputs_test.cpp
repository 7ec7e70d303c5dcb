#include "engine/fetch_inputs.h"

#include "base/error.h"
#include "engine/collect_garbage.h"
#include "engine/verify_store.h"
#include "support/catch.h"
#include "support/http_server.h"
#include "support/world.h"

namespace mlpipe {
namespace {

using Catch::Matchers::Contains;
using Kind = FetchNews::Kind;

/// A pipeline of one step that reads one address.
struct Reading {
  test::HttpServer server;
  test::World world;
  Workspace workspace{.root = world.folder.path(),
                      .state_directory = world.folder.path() / ".mlpipe"};
  std::vector<FetchNews> news;

  [[nodiscard]] static Pipeline reading(const std::string& url) {
    Pipeline pipeline{.name = "reader"};
    test::add_step(pipeline, "read");
    pipeline.steps[0].inputs.push_back(
        {.name = "raw", .type = DataType::uri_file, .source = PathSource{.text = url, .url = url}});
    return pipeline;
  }
  /// The path that the input got.
  std::filesystem::path fetch(const std::string& url, bool refetch = false) {
    Pipeline pipeline = reading(url);
    news.clear();
    const auto inputs = fetch_inputs(
        pipeline, {StepRule{}}, workspace,
        {.refetch = refetch, .records_use = true, .told = [this](const FetchNews& each) {
           if (each.kind != Kind::progress) news.push_back(each);
         }});
    CHECK(inputs.signal == 0);
    return path_source(pipeline.steps[0].inputs[0].source)->path;
  }
  [[nodiscard]] Hash object() {
    return world.history.find_download(server.url("/files/a.csv")).value().object;
  }
};

}  // namespace

TEST_CASE("an input with an address is fetched once, kept by content, and then known") {
  Reading test;
  test.server.put("a.csv", "1,2\n");
  const auto url = test.server.url("/files/a.csv");
  const auto path = test.fetch(url);
  CHECK(path.filename() == "a.csv");
  CHECK(read_file(path) == "1,2\n");
  REQUIRE(test.news.size() == 2);
  CHECK(test.news[0].kind == Kind::started);
  CHECK(test.news[1].kind == Kind::finished);
  CHECK(test.news[1].bytes == 4);
  CHECK_FALSE(test.news[1].changed.has_value());

  test.server.put("a.csv", "other");
  CHECK(test.fetch(url) == path);
  CHECK(test.news.empty());
  CHECK(test.server.requests() == 1);
  const auto known = test.world.history.find_download(url).value();
  CHECK(known.etag == "\"of-4\"");
  CHECK(known.bytes == 4);
  CHECK(known.content_hash == hash_bytes("1,2\n"));
  test.server.stop();
  CHECK(test.fetch(url) == path);  // no network is needed
}

TEST_CASE("fetched again on request, an input says whether it has changed") {
  Reading test;
  test.server.put("a.csv", "1");
  const auto url = test.server.url("/files/a.csv");
  const auto before = test.fetch(url);
  CHECK(test.fetch(url, true) == before);
  CHECK(test.news.back().changed == false);
  test.server.put("a.csv", "2");
  const auto after = test.fetch(url, true);
  CHECK(test.news.back().changed == true);
  CHECK(after != before);
  CHECK(read_file(after) == "2");
  CHECK(test.fetch(url) == after);
  CHECK(test.server.requests() == 3);
}

TEST_CASE("a lost or damaged object of a download is fetched again") {
  Reading test;
  test.server.put("a.csv", "1,2\n");
  const auto url = test.server.url("/files/a.csv");
  const auto path = test.fetch(url);
  test.world.lose(test.object());
  CHECK(test.fetch(url) == path);
  CHECK(read_file(path) == "1,2\n");
  CHECK_THAT(test.news.front().why, Contains("lost"));

  std::filesystem::permissions(path, std::filesystem::perms::owner_all);
  write_file_atomically(path.parent_path().parent_path() / "spoilt", "x");
  std::filesystem::permissions(path.parent_path(), std::filesystem::perms::owner_all);
  rename_path(path.parent_path().parent_path() / "spoilt", path);
  CHECK(test.fetch(url) == path);
  CHECK(read_file(path) == "1,2\n");
  CHECK_THAT(test.news.front().why, Contains("damaged"));
  CHECK(test.news.back().changed == false);
}

TEST_CASE("only what a selected step reads is fetched, each address once") {
  Reading test;
  test.server.put("a.csv", "1");
  Pipeline pipeline = Reading::reading(test.server.url("/files/a.csv"));
  pipeline.steps.push_back(pipeline.steps[0]);
  pipeline.steps.push_back(Reading::reading(test.server.url("/status/500")).steps[0]);
  const auto inputs = fetch_inputs(pipeline, {StepRule{}, StepRule{}, StepRule{.selected = false}},
                                   test.workspace, {.records_use = true});
  CHECK(test.server.requests() == 1);
  const auto path = [&](std::size_t i) {
    return path_source(pipeline.steps[i].inputs[0].source)->path;
  };
  CHECK(path(0) == path(1));
  CHECK(path(2).empty());
}

TEST_CASE("a fetch that fails names the input's place and leaves nothing") {
  Reading test;
  Pipeline pipeline = Reading::reading(test.server.url("/short"));
  pipeline.steps[0].inputs[0].location = {.file = "p.yaml", .line = 7, .column = 1};
  try {
    (void)fetch_inputs(pipeline, {StepRule{}}, test.workspace, {.records_use = true});
    FAIL("it was fetched");
  } catch (const Error& error) {
    CHECK_THAT(error.what(), Contains("p.yaml:7:1: error: cannot fetch"));
  }
  CHECK_FALSE(test.world.history.find_download(test.server.url("/short")));
  CHECK(list_names(test.world.state.scratch()).empty());
}

TEST_CASE("gc keeps downloads, and drops those that were not used for long when asked to") {
  Reading test;
  test.server.put("a.csv", "1");
  const auto url = test.server.url("/files/a.csv");
  const auto path = test.fetch(url);
  LiveRuns live(test.world.state.run_locks());
  auto report = collect_garbage(test.world.state, test.world.history, live, {});
  CHECK(report.downloads == 0);
  CHECK(stat_file(path));
  report = collect_garbage(test.world.state, test.world.history, live,
                           {.rule = {.unused_since = now() - std::chrono::hours(1)}});
  CHECK(report.downloads == 0);
  CHECK(stat_file(path));

  const GarbageRequest all{.rule = {.unused_since = now() + std::chrono::hours(1)}};
  {
    Pipeline pipeline = Reading::reading(url);
    const auto inputs = fetch_inputs(pipeline, {StepRule{}}, test.workspace, {.records_use = true});
    report = collect_garbage(test.world.state, test.world.history, live, all);
    CHECK(report.downloads == 0);  // a run that goes on reads it
    CHECK(stat_file(path));
  }
  report = collect_garbage(test.world.state, test.world.history, live, all);
  CHECK(report.downloads == 1);
  CHECK(report.objects.count == 1);
  CHECK_FALSE(stat_file(path));
  CHECK(test.fetch(url) == path);
  CHECK(test.server.requests() == 2);
}

TEST_CASE("verify knows downloads by their address") {
  Reading test;
  test.server.put("a.csv", "1");
  const auto path = test.fetch(test.server.url("/files/a.csv"));
  const auto check = [&test] {
    return verify_store(test.world.history, test.world.store, test.world.pool, Closeness::bytes,
                        [](const VerifyProgress&) {});
  };
  auto report = check();
  CHECK(report.is_whole());
  CHECK(report.unknown.empty());
  const auto folder = path.parent_path();
  std::filesystem::permissions(folder, std::filesystem::perms::owner_all);
  std::filesystem::remove(path);
  report = check();
  REQUIRE(report.spoilt.size() == 1);
  REQUIRE(report.spoilt[0].uses.size() == 1);
  CHECK(report.spoilt[0].uses[0].url == test.server.url("/files/a.csv"));
}

}  // namespace mlpipe
