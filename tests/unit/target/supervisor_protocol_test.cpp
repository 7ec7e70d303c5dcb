#include "target/supervisor_protocol.h"

#include <random>

#include "support/catch.h"

namespace mlpipe {

using namespace std::chrono_literals;

namespace {

Job some_job() {
  return {.id = {7},
          .name = "train/größe",
          .argv = {"python", "", std::string("a\0b", 3)},
          .enclosure = {"/usr/bin/bwrap", "--dev", "/dev"},
          .environment = {"A=1", "B="},
          .work_directory = "/work/a b",
          .stdout_file = "/logs/out",
          .stderr_file = "/logs/err\xff",
          .timeout = 3600s,
          .grace = 12ms};
}

JobFinished some_end() {
  return {.job = {9},
          .outcome = JobFinished::Outcome::not_started,
          .exit_code = -3,
          .signal = 15,
          .message = "no such program",
          .lingering = 4,
          .usage = {.user_time = 12us, .system_time = 34us, .peak_memory_bytes = 1ULL << 40U},
          .at = from_micros(1234567890123456)};
}

std::string_view body(std::string_view frame) { return frame.substr(4); }

}  // namespace

TEST_CASE("what a driver says arrives as it was said") {
  const auto job = some_job();
  const auto frame = encode(SubmitJob{job});
  const auto got = std::get<SubmitJob>(decode_command(body(frame))).job;
  CHECK(got.id == job.id);
  CHECK(got.name == job.name);
  CHECK(got.argv == job.argv);
  CHECK(got.enclosure == job.enclosure);
  CHECK(got.environment == job.environment);
  CHECK(got.work_directory == job.work_directory);
  CHECK(got.stdout_file == job.stdout_file);
  CHECK(got.stderr_file == job.stderr_file);
  CHECK(got.timeout == job.timeout);
  CHECK(got.grace == job.grace);
  for (const bool at_once : {false, true}) {
    const auto cancel = encode(CancelJob{.job = {8}, .at_once = at_once});
    const auto again = std::get<CancelJob>(decode_command(body(cancel)));
    CHECK(again.job == JobId{8});
    CHECK(again.at_once == at_once);
  }
}

TEST_CASE("what a supervisor says arrives as it was said") {
  const JobStarted started{.job = {3}, .pid = 4711, .at = from_micros(99)};
  const auto first = encode(JobEvent{started});
  const auto got = std::get<JobStarted>(decode_event(body(first)));
  CHECK(got.job == started.job);
  CHECK(got.pid == started.pid);
  CHECK(got.at == started.at);

  const auto waits = encode(JobEvent{JobWaits{.job = {4}, .what = "1 GPU", .at = from_micros(7)}});
  const auto told = std::get<JobWaits>(decode_event(body(waits)));
  CHECK(told.job == JobId{4});
  CHECK(told.what == "1 GPU");
  CHECK(told.at == from_micros(7));

  const auto finished = some_end();
  const auto second = encode(JobEvent{finished});
  const auto end = std::get<JobFinished>(decode_event(body(second)));
  CHECK(end.job == finished.job);
  CHECK(end.outcome == finished.outcome);
  CHECK(end.exit_code == finished.exit_code);
  CHECK(end.signal == finished.signal);
  CHECK(end.message == finished.message);
  CHECK(end.lingering == finished.lingering);
  CHECK(end.usage.user_time == finished.usage.user_time);
  CHECK(end.usage.system_time == finished.usage.system_time);
  CHECK(end.usage.peak_memory_bytes == finished.usage.peak_memory_bytes);
  CHECK(end.at == finished.at);
}

TEST_CASE("frames are found in a stream cut anywhere") {
  const std::string stream =
      encode(SubmitJob{some_job()}) + encode(CancelJob{.job = {2}}) + encode(SubmitJob{some_job()});
  for (const std::size_t piece : {std::size_t{1}, std::size_t{3}, std::size_t{50}, stream.size()}) {
    FrameReader reader;
    std::size_t frames = 0;
    bool into_its_room = false;
    for (std::size_t at = 0; at < stream.size(); at += piece) {
      const auto bytes = std::string_view(stream).substr(at, piece);
      into_its_room = !into_its_room;
      if (into_its_room) {
        bytes.copy(reader.room(bytes.size() + 1).data(), bytes.size());
        reader.came(bytes.size());
      } else {
        reader.add(bytes);
      }
      while (const auto frame = reader.next()) {
        CHECK_NOTHROW(decode_command(*frame));
        ++frames;
      }
    }
    CHECK(frames == 3);
    CHECK_FALSE(reader.next());
  }
}

TEST_CASE("a frame that is cut short or too long is refused wherever it is cut") {
  const auto submit = encode(SubmitJob{some_job()});
  const auto finished = encode(JobEvent{some_end()});
  for (std::size_t size = 0; size < body(submit).size(); ++size)
    CHECK_THROWS_AS(decode_command(body(submit).substr(0, size)), ProtocolError);
  for (std::size_t size = 0; size < body(finished).size(); ++size)
    CHECK_THROWS_AS(decode_event(body(finished).substr(0, size)), ProtocolError);
  CHECK_THROWS_AS(decode_command(std::string(body(submit)) + "x"), ProtocolError);
  CHECK_THROWS_AS(decode_event(std::string(body(finished)) + "x"), ProtocolError);
}

TEST_CASE("frames of the wrong side, type or outcome are refused") {
  CHECK_THROWS_AS(decode_event(body(encode(CancelJob{}))), ProtocolError);
  CHECK_THROWS_AS(decode_command(body(encode(JobEvent{some_end()}))), ProtocolError);
  CHECK_THROWS_AS(decode_command("?"), ProtocolError);
  auto bad = encode(JobEvent{some_end()});
  bad[4 + 1 + 8] = 6;
  CHECK_THROWS_AS(decode_event(body(bad)), ProtocolError);
  FrameReader reader;
  reader.add("HTTP/1.1 200 OK");
  CHECK_THROWS_AS(reader.next(), ProtocolError);
}

TEST_CASE("garbage is refused, never believed beyond its end") {
  std::mt19937 random(1);  // NOLINT(*-msc51-cpp): the same every time
  for (int round = 0; round < 20'000; ++round) {
    std::string bytes = round % 2 == 0 ? "S" : std::string(body(encode(SubmitJob{some_job()})));
    if (round % 2 == 0) bytes.resize(random() % 60, 'S');
    for (std::size_t i = 1; i < bytes.size(); i += 1 + random() % 20)
      bytes[i] = static_cast<char>(random());
    try {
      (void)decode_command(bytes);
    } catch (const ProtocolError&) {
      continue;
    }
  }
  SUCCEED();
}

TEST_CASE("a job that is too long for a frame is refused by the sender") {
  auto job = some_job();
  job.argv.emplace_back(std::size_t{65} << 20U, 'x');
  CHECK_THROWS_AS(encode(SubmitJob{job}), ProtocolError);
}

TEST_CASE("numbers and truth values that no frame has are refused") {
  auto cancel = encode(CancelJob{.job = {8}, .at_once = true});
  cancel.back() = 2;
  CHECK_THROWS_AS(decode_command(body(cancel)), ProtocolError);
  auto bad = encode(JobEvent{some_end()});
  bad[4 + 1 + 8 + 1 + 4] ^= 1;  // above the 32 bits of an exit code
  CHECK_THROWS_AS(decode_event(body(bad)), ProtocolError);
}

}  // namespace mlpipe
