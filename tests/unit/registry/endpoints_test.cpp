#include "registry/endpoints.h"

#include <fmt/format.h>

#include <string>
#include <vector>

#include "base/error.h"
#include "history/run_names.h"
#include "registry/schedules.h"
#include "registry/submissions.h"
#include "support/catch.h"
#include "unit/history/history_testing.h"

namespace mlpipe {
namespace {

using Catch::Matchers::Contains;

struct Published : Records {
  Endpoints endpoints{history};
  Submissions submissions{history};

  PublishedVersion publish(const std::string& name, const std::string& content,
                           bool set_default = false) {
    return endpoints.publish(name, "",
                             {.pipeline = "p",
                              .spec = hash_bytes(content),
                              .objects = {hash_bytes("object of " + content)}},
                             set_default);
  }
  AcceptedRun submit(const EndpointVersion& version, const std::string& key = "",
                     const std::string& rate = "1") {
    RunRecord run{.pipeline = "p", .started = now()};
    return submissions.accept(run, {.endpoint = version.endpoint,
                                    .version = version.key,
                                    .idempotency_key = key,
                                    .request = {.endpoint = "e", .parameters = {{"rate", rate}}},
                                    .accepted = now()});
  }
  std::vector<std::string> queued() {
    std::vector<std::string> ids;
    for (const auto& run : submissions.queued()) ids.push_back(run.run_id);
    return ids;
  }
};

TEST_CASE("versions count from 1, the first is the default, a later one if asked for") {
  Published published;
  const auto first = published.publish("churn", "a");
  CHECK(first.made);
  CHECK(first.made_endpoint);
  CHECK(first.version.number == 1);
  CHECK(first.endpoint.default_version == 1);
  const auto second = published.publish("churn", "b");
  CHECK(second.version.number == 2);
  CHECK_FALSE(second.made_endpoint);
  CHECK(second.endpoint.default_version == 1);
  CHECK(published.publish("churn", "c", true).endpoint.default_version == 3);
  CHECK(published.endpoints.version(published.endpoints.get("churn"), "").number == 3);
  CHECK(published.endpoints.version(published.endpoints.get("churn"), "2").spec == hash_bytes("b"));
}

TEST_CASE("something equal to a version that is there makes none") {
  Published published;
  (void)published.publish("churn", "a");
  (void)published.publish("churn", "b");
  const auto again = published.publish("churn", "a");
  CHECK_FALSE(again.made);
  CHECK(again.version.number == 1);
  CHECK(published.publish("other", "a").made);
  published.endpoints.delete_version("churn", "2");
  const auto anew = published.publish("churn", "b");
  CHECK(anew.made);
  CHECK(anew.version.number == 3);  // a number never means another thing
}

TEST_CASE("a name that is no endpoint's tells the nearest, and a version those that there are") {
  Published published;
  (void)published.publish("churn", "a");
  (void)published.publish("churn", "b");
  CHECK_THROWS_WITH(published.endpoints.get("chrun"), Contains("did you mean 'churn'"));
  const auto endpoint = published.endpoints.get("churn");
  CHECK_THROWS_WITH(published.endpoints.version(endpoint, "9"), Contains("it has 1, 2"));
  for (const auto* text : {"0", "-1", "1x", " 1", "99999999999999", "one"})
    CHECK_THROWS_WITH(published.endpoints.version(endpoint, text),
                      Contains("is no version of an endpoint"));
  for (const auto* name : {"", "a/b", "../a", ".a", "a b", "a\n"})
    CHECK_THROWS_WITH(Endpoints::check_name(name), Contains("cannot be the name"));
}

TEST_CASE(
    "the default version stays while there are others, and what is queued keeps its version") {
  Published published;
  const auto first = published.publish("churn", "a");
  (void)published.publish("churn", "b");
  CHECK_THROWS_WITH(published.endpoints.delete_version("churn", "1"), Contains("is the default"));
  CHECK(published.endpoints.set_default("churn", "2"));
  CHECK_FALSE(published.endpoints.set_default("churn", "2"));
  const auto run = published.submit(first.version);
  CHECK_THROWS_WITH(published.endpoints.delete_version("churn", "1"), Contains(run.run_id));
  const auto key = published.history.find_run(run.run_id).key;
  CHECK(published.history.cancel_queued(key, now()));
  CHECK_FALSE(published.history.cancel_queued(key, now()));
  published.endpoints.delete_version("churn", "1");
  published.endpoints.delete_version("churn", "2");
  CHECK_THROWS_WITH(published.endpoints.version(published.endpoints.get("churn"), ""),
                    Contains("has no default version"));
}

TEST_CASE("gc is told of the objects of every version that is not deleted") {
  Published published;
  (void)published.publish("churn", "a");
  (void)published.publish("churn", "b", true);
  CHECK(published.history.object_holders({}).registered.size() == 2);
  published.endpoints.delete_version("churn", "1");
  CHECK(published.history.object_holders({}).registered ==
        std::vector<Hash>{hash_bytes("object of b")});
}

TEST_CASE("an endpoint is deleted with its versions, and its numbers go on under its name") {
  Published published;
  (void)published.publish("churn", "a");
  published.endpoints.set_description("churn", "what it was");
  published.endpoints.set_max_concurrent_runs("churn", 1);
  CHECK(published.endpoints.set_archived("churn", true));
  published.endpoints.remove("churn");
  CHECK_FALSE(published.endpoints.find("churn"));
  CHECK(published.endpoints.all(true).empty());
  CHECK(published.history.object_holders({}).registered.empty());
  CHECK_THROWS_WITH(published.endpoints.remove("churn"), Contains("there is no endpoint 'churn'"));
  const auto anew = published.publish("churn", "a");
  CHECK(anew.made_endpoint);
  CHECK(anew.version.number == 2);
  const auto found = published.endpoints.get("churn");
  CHECK(found.default_version == 2);
  CHECK_FALSE(found.is_archived());
  CHECK_FALSE(found.max_concurrent_runs);
  CHECK(found.description.empty());
  CHECK(published.endpoints.versions_of(found.key).size() == 1);
}

TEST_CASE("an endpoint stays while schedules submit to it, or runs of it have not ended") {
  Published published;
  const auto version = published.publish("churn", "a").version;
  const auto other = published.publish("other", "a").version;
  (void)published.submit(other);
  Schedules schedules(published.history);
  (void)schedules.create({.name = "nightly", .trigger = {}, .request = {.endpoint = "churn"}});
  CHECK_THROWS_WITH(published.endpoints.remove("churn"),
                    Contains("the schedule 'nightly' submits"));
  schedules.remove("nightly", now());
  const auto first = published.submit(version).run_id;
  const auto second = published.submit(version).run_id;
  auto run = published.history.find_run(first);
  run.status = Status::running;
  published.history.begin_run(run);
  CHECK_THROWS_WITH(published.endpoints.remove("churn"),
                    Contains(fmt::format("its runs '{}', '{}' have not ended", first, second)));
  published.history.finish_run(run.key, Status::completed, "", now());
  CHECK(published.history.cancel_queued(published.history.find_run(second).key, now()));
  published.endpoints.remove("churn");
  CHECK(published.history.find_run(first).status == Status::completed);
  // A submit that was checked before.
  CHECK_THROWS_WITH(published.submit(version), Contains("was deleted meanwhile"));
}

TEST_CASE("runs are found by the endpoint that they were submitted to, also once it is deleted") {
  Published published;
  const auto run = published.submit(published.publish("churn", "a").version).run_id;
  (void)published.submit(published.publish("other", "a").version);
  const auto found = [&published] {
    std::vector<std::string> ids;
    for (const auto& each : published.history.find_runs({.endpoint = "churn"}))
      ids.push_back(each.id);
    return ids;
  };
  CHECK(found() == std::vector<std::string>{run});
  CHECK(published.history.cancel_queued(published.history.find_run(run).key, now()));
  published.endpoints.remove("churn");
  CHECK(found() == std::vector<std::string>{run});
  require_name(NameKind::endpoint, "churn", published.history);
  CHECK_THROWS_WITH(require_name(NameKind::endpoint, "chrun", published.history),
                    Contains("no run has the endpoint 'chrun' (did you mean 'churn'?)"));
}

TEST_CASE("runs are queued in the order of their submits, until a driver begins them") {
  Published published;
  const auto version = published.publish("e", "a").version;
  const auto first = published.submit(version);
  const auto second = published.submit(version);
  CHECK(published.queued() == std::vector<std::string>{first.run_id, second.run_id});
  CHECK(published.history.unfinished_runs().empty());
  CHECK(published.history.find_run(first.run_id).status == Status::queued);
  auto run = published.history.find_run(first.run_id);
  run.status = Status::running;
  run.pid = 7;
  published.history.begin_run(run);
  CHECK(run.id == first.run_id);
  CHECK(published.queued() == std::vector<std::string>{second.run_id});
  CHECK(published.history.unfinished_runs().size() == 1);
  REQUIRE(published.submissions.begun().size() == 1);
  CHECK(published.submissions.begun()[0].run_id == first.run_id);
  CHECK(published.submissions.begun()[0].endpoint == version.endpoint);
  CHECK_THROWS_WITH(published.history.begin_run(run), Contains("is not queued any more"));
}

TEST_CASE("an idempotency key gives the same run again, and refuses other values") {
  Published published;
  const auto version = published.publish("e", "a").version;
  const auto first = published.submit(version, "k");
  CHECK(first.made);
  const auto again = published.submit(version, "k");
  CHECK_FALSE(again.made);
  CHECK(again.run_id == first.run_id);
  CHECK_THROWS_WITH(published.submit(version, "k", "2"),
                    Contains("'rate' was '1' then, and is '2' now"));
  CHECK(published.submit(version, "l", "2").made);
  CHECK(published.submit(published.publish("f", "a").version, "k", "2").made);  // another endpoint
  CHECK(published.queued().size() == 3);
}

TEST_CASE("what was submitted is read as it was written") {
  const Submission submission{.endpoint = "e",
                              .version = "2",
                              .spec_file = "/w/p.yaml",
                              .from_run = "abc",
                              .parameters = {{"a", "1"}, {"a", "2"}},
                              .inputs = {{"t", "/data/t"}},
                              .settings = {{"steps.a.timeout", "3"}},
                              .experiment = "x",
                              .tags = {{"by", "me"}},
                              .compute_target = "gpu",
                              .everything_local = true,
                              .continue_on_step_failure = true,
                              .regenerate_outputs = true};
  CHECK(decode_submission(encode(submission)) == submission);
  CHECK(decode_submission(encode(Submission{})) == Submission{});
  for (const auto* text : {"", "{}", "[]", "{\"endpoint\": 1}", "nonsense"})
    CHECK_FALSE(decode_submission(text));
  CHECK_THROWS_AS(encode(Submission{.endpoint = "\xff"}), Error);
}

}  // namespace
}  // namespace mlpipe
