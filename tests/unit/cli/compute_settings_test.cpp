#include "cli/compute_settings.h"

#include "support/catch.h"

namespace mlpipe {
namespace {

const ComputeSetting& setting(const std::vector<ComputeSetting>& all, const std::string& key) {
  for (const auto& each : all)
    if (each.key == key) return each;
  FAIL("there is no setting " + key);
  return all.front();
}

}  // namespace

TEST_CASE("the settings of a machine behind SSH have what was given, and defaults marked") {
  const auto all = compute_settings(
      {.name = "box",
       .type = "ssh",
       .cpus = 3,
       .ssh =
           SshLogin{.host = "gpu1", .port = 2200, .reconnect_timeout = std::chrono::seconds(90)}});
  CHECK(setting(all, "host").value == "gpu1");
  CHECK(!setting(all, "host").is_default);
  CHECK(setting(all, "port").value == 2200);
  CHECK(setting(all, "reconnect_timeout").value == 90);
  CHECK(!setting(all, "reconnect_timeout").is_default);
  CHECK(setting(all, "root").value == "~/.cache/mlpipe");
  CHECK(setting(all, "root").is_default);
  CHECK(setting(all, "user").value.is_null());
  CHECK(setting(all, "user").is_default);
  CHECK(setting(all, "cpus").value == 3);
  CHECK(!setting(all, "cpus").is_default);
  CHECK(setting(all, "max_concurrent_steps").value == 3);
  CHECK(setting(all, "max_concurrent_steps").is_default);
  CHECK(setting(all, "gpus").value.empty());
}

TEST_CASE("how many processors another machine has is not known beforehand") {
  const auto all = compute_settings({.name = "box", .type = "ssh", .ssh = SshLogin{.host = "h"}});
  CHECK(setting(all, "cpus").value.is_null());
  CHECK(setting(all, "max_concurrent_steps").value.is_null());
}

TEST_CASE("a local target has this machine's processors and no login") {
  const auto all = compute_settings({.name = "local", .max_concurrent_steps = 2, .gpus = {{1, 0}}});
  CHECK(setting(all, "cpus").value.get<int>() >= 1);
  CHECK(setting(all, "cpus").is_default);
  CHECK(setting(all, "max_concurrent_steps").value == 2);
  CHECK(setting(all, "gpus").text == "1, 0");
  for (const auto& each : all) CHECK(each.key != "host");
}

}  // namespace mlpipe
