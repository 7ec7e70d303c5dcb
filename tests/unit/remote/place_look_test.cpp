#include "remote/place_look.h"

#include <sys/stat.h>

#include "base/file.h"
#include "support/catch.h"

namespace mlpipe {

TEST_CASE("a place is looked at and left as it was", "[remote]") {
  const TemporaryFolder folder;
  const auto place = folder.path() / "place";
  make_folders(place);
  REQUIRE(::chmod(place.c_str(), 0750) == 0);
  REQUIRE(::chmod(folder.path().c_str(), 0700) == 0);
  const auto before = now();
  const auto found = look_at_place(place, {folder.path()});
  CHECK(found.at >= before);
  CHECK(found.at <= now());
  CHECK(found.rights == 0750);
  CHECK(found.write_problem.empty());
  CHECK(found.open_folders.empty());
  CHECK(found.system.starts_with("Linux "));
  CHECK(list_names(place).empty());
}

TEST_CASE("a folder that others may write to is named", "[remote]") {
  const TemporaryFolder folder;
  const auto open = folder.path() / "open";
  const auto closed = folder.path() / "closed";
  make_folders(open);
  make_folders(closed);
  REQUIRE(::chmod(open.c_str(), 0720) == 0);
  REQUIRE(::chmod(closed.c_str(), 0755) == 0);
  const auto found = look_at_place(closed, {open / "../closed", closed / "../open"});
  CHECK(found.open_folders == std::vector<std::string>{open.string()});
}

TEST_CASE("a place that cannot be written to is told", "[remote]") {
  const TemporaryFolder folder;
  CHECK(!look_at_place(folder.path() / "none", {}).write_problem.empty());
}

TEST_CASE("what is seen of a place comes over whole", "[remote]") {
  const PlaceAnswer place{.at = from_micros(1'700'000'000'000'001),
                          .system = "Linux 6.1.0, x86_64",
                          .rights = 0700,
                          .write_problem = "no",
                          .open_folders = {"/a", "/b"},
                          .has_bash = true,
                          .has_other_gpus = false,
                          .taken_slots = "1 cpu",
                          .slot_problem = "p"};
  const auto bytes = encode_place(place);
  const auto again = decode_place(bytes);
  CHECK(again.at == place.at);
  CHECK(again.system == place.system);
  CHECK(again.rights == place.rights);
  CHECK(again.write_problem == place.write_problem);
  CHECK(again.open_folders == place.open_folders);
  CHECK(again.has_bash);
  CHECK(!again.has_other_gpus);
  CHECK(again.taken_slots == place.taken_slots);
  CHECK(again.slot_problem == place.slot_problem);
  CHECK_THROWS_AS(decode_place(bytes + "x"), ProtocolError);
  CHECK_THROWS_AS(decode_place(std::string_view(bytes).substr(0, bytes.size() - 1)), ProtocolError);

  const auto frame = encode(HelperCommand(LookAtPlace{.request = {7}}));
  const auto command = decode_helper_command(std::string_view(frame).substr(4));
  REQUIRE(std::holds_alternative<HelperCommand>(command));
  CHECK(std::get<LookAtPlace>(std::get<HelperCommand>(command)).request.value == 7);
}

}  // namespace mlpipe
