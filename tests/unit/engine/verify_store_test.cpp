#include "engine/verify_store.h"

#include "support/catch.h"
#include "support/world.h"

namespace mlpipe {

namespace {

/// A step's result with one file output, recorded as a run does.
ResultRecord record_result(test::World& world, const std::string& step,
                           const StoredObject& object) {
  RunRecord run{.pipeline = "p", .experiment = "p", .started = world.time};
  world.history.begin_run(run);
  StepRunRecord record{.run = run.key, .step = step, .status = Status::completed};
  world.history.add_step(record);
  const std::string manifest = encode(
      Manifest{{.kind = PartKind::format, .value = "1"},
               {.kind = PartKind::argument, .name = "0", .value = step},
               {.kind = PartKind::output, .name = "o", .value = "file " + object.file_name}});
  ResultRecord result{.fingerprint = fingerprint(manifest),
                      .manifest = manifest,
                      .producer = record.key,
                      .outputs = {{.name = "o",
                                   .object = object.id,
                                   .content_hash = object.content_hash,
                                   .is_file = true,
                                   .file_name = object.file_name}}};
  world.history.remember_object(object.id, object.stat);
  world.history.add_result(result);
  return result;
}

StoredObject add_file(test::World& world, const std::string& text) {
  const auto file = world.folder.path() / "made";
  write_file_atomically(file, text);
  return world.store.add_output(file);
}

StoreReport verify(
    test::World& world, const std::function<void()>& meanwhile = [] {}) {
  WorkerPool pool(2);
  return verify_store(world.history, world.store, pool, Closeness::bytes,
                      [&](const VerifyProgress&) { meanwhile(); });
}

}  // namespace

TEST_CASE("a result whose object is gone is withdrawn; others stay") {
  test::World world;
  const auto object = add_file(world, "one");
  const auto lost = record_result(world, "a", object);
  const auto kept = record_result(world, "b", add_file(world, "two"));
  CHECK(verify(world).is_whole());
  remove_tree(world.store.content_folder(object.id).parent_path());
  const auto report = verify(world);
  CHECK_FALSE(report.is_whole());
  REQUIRE(report.spoilt.size() == 1);
  CHECK(report.spoilt[0].uses.at(0).step == "a");
  CHECK(report.withdrawn == 1);
  CHECK_FALSE(world.history.is_offered(lost.key));
  CHECK(world.history.is_offered(kept.key));
  CHECK(verify(world).is_whole());
}

TEST_CASE("a damaged object that a run makes anew meanwhile withdraws nothing") {
  test::World world;
  const auto object = add_file(world, "one");
  const auto result = record_result(world, "a", object);
  const auto file = world.store.content_folder(object.id) / object.file_name;
  std::filesystem::permissions(file, std::filesystem::perms::owner_all);
  write_file_atomically(world.folder.path() / "evil", "bad");
  std::filesystem::copy_file(world.folder.path() / "evil", file,
                             std::filesystem::copy_options::overwrite_existing);
  const auto report = verify(world, [&world] { (void)add_file(world, "one"); });
  REQUIRE(report.spoilt.size() == 1);
  CHECK(report.spoilt[0].found.state == ObjectState::damaged);
  CHECK(report.spoilt[0].withdrawn.empty());
  CHECK(world.history.is_offered(result.key));
}

TEST_CASE("a result that is collected while it is checked is not missed") {
  test::World world;
  const auto object = add_file(world, "one");
  const auto result = record_result(world, "a", object);
  (void)record_result(world, "b", add_file(world, "two"));
  History other(world.state.database(), Database::Mode::read_write);
  // What garbage collection does: the result first, then the object.
  const auto report = verify(world, [&] {
    other.withdraw_result(result.key);
    const auto place = world.store.content_folder(object.id).parent_path();
    if (stat_link(place)) rename_path(place, world.folder.path() / "removed");
  });
  CHECK(report.is_whole());
}

TEST_CASE("objects of runs that have not recorded them yet are unknown and no damage") {
  test::World world;
  (void)add_file(world, "one");
  const auto report = verify(world);
  CHECK(report.is_whole());
  CHECK(report.unknown.size() == 1);
  CHECK(report.unknown_bytes == 3);
}

}  // namespace mlpipe
