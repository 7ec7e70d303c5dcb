// What a driver and its supervisor say to each other, over a stream socket between two processes of
// the same executable: no versions, the machine's byte order.
//
//   frame   = u32 length of what follows | u8 type | fields
//   submit  = 'S' | u64 id | text name | texts argv | texts enclosure | texts environment
//             | text work_directory | text stdout_file | text stderr_file | i64 timeout in ms
//             | i64 grace in ms
//   cancel  = 'C' | u64 id | u8 at_once
//   started = 's' | u64 id | i64 pid | i64 µs since 1970
//   waits   = 'w' | u64 id | text what | i64 µs since 1970
//   finished= 'f' | u64 id | u8 outcome | i64 exit_code | i64 signal | text message | i64 lingering
//             | i64 user time in µs | i64 system time in µs | u64 peak memory in bytes
//             | i64 µs since 1970
//   text    = u32 length | bytes
//   texts   = u32 count | that many texts
//
// The driver says submit and cancel, the supervisor started and finished; waits is only said of
// jobs on other machines (remote/job_folder.h). The end of the driver's
// half of the stream means: end everything, say so, exit.
#include "target/supervisor_protocol.h"

namespace mlpipe {

namespace {

std::string encode_started(const JobStarted& event) {
  return FrameWriter('s')
      .number(event.job.value)
      .number(event.pid)
      .number(to_micros(event.at))
      .finish();
}

std::string encode_finished(const JobFinished& event) {
  return FrameWriter('f')
      .number(event.job.value)
      .number(static_cast<std::uint8_t>(event.outcome))
      .number(std::int64_t{event.exit_code})
      .number(std::int64_t{event.signal})
      .text(event.message)
      .number(std::int64_t{event.lingering})
      .number(std::int64_t{event.usage.user_time.count()})
      .number(std::int64_t{event.usage.system_time.count()})
      .number(event.usage.peak_memory_bytes)
      .number(to_micros(event.at))
      .finish();
}

std::string encode_waits(const JobWaits& event) {
  return FrameWriter('w')
      .number(event.job.value)
      .text(event.what)
      .number(to_micros(event.at))
      .finish();
}

SubmitJob read_submit(FieldReader& fields) {
  SubmitJob command;
  Job& job = command.job;
  job.id = JobId{fields.number<std::uint64_t>()};
  job.name = fields.text();
  job.argv = fields.texts();
  job.enclosure = fields.texts();
  job.environment = fields.texts();
  job.work_directory = fields.text();
  job.stdout_file = fields.text();
  job.stderr_file = fields.text();
  job.timeout = fields.millis();
  job.grace = fields.millis();
  fields.end();
  return command;
}

CancelJob read_cancel(FieldReader& fields) {
  CancelJob command;
  command.job = JobId{fields.number<std::uint64_t>()};
  command.at_once = fields.truth();
  fields.end();
  return command;
}

JobStarted read_started(FieldReader& fields) {
  JobStarted event;
  event.job = JobId{fields.number<std::uint64_t>()};
  event.pid = fields.number<std::int64_t>();
  event.at = fields.time();
  fields.end();
  return event;
}

JobWaits read_waits(FieldReader& fields) {
  JobWaits event;
  event.job = JobId{fields.number<std::uint64_t>()};
  event.what = fields.text();
  event.at = fields.time();
  fields.end();
  return event;
}

JobFinished read_finished(FieldReader& fields) {
  JobFinished event;
  event.job = JobId{fields.number<std::uint64_t>()};
  const auto outcome = fields.number<std::uint8_t>();
  if (outcome > static_cast<std::uint8_t>(JobFinished::Outcome::lost))
    throw ProtocolError("a frame names no known outcome");
  event.outcome = static_cast<JobFinished::Outcome>(outcome);
  event.exit_code = fields.integer();
  event.signal = fields.integer();
  event.message = fields.text();
  event.lingering = fields.integer();
  event.usage.user_time = fields.micros();
  event.usage.system_time = fields.micros();
  event.usage.peak_memory_bytes = fields.number<std::uint64_t>();
  event.at = fields.time();
  fields.end();
  return event;
}

}  // namespace

std::string encode(const SubmitJob& command) {
  const Job& job = command.job;
  return FrameWriter('S')
      .number(job.id.value)
      .text(job.name)
      .texts(job.argv)
      .texts(job.enclosure)
      .texts(job.environment)
      .text(job.work_directory.native())
      .text(job.stdout_file.native())
      .text(job.stderr_file.native())
      .number(std::int64_t{job.timeout.count()})
      .number(std::int64_t{job.grace.count()})
      .finish();
}

std::string encode(const CancelJob& command) {
  return FrameWriter('C')
      .number(command.job.value)
      .number(static_cast<std::uint8_t>(command.at_once ? 1 : 0))
      .finish();
}

std::string encode(const JobEvent& event) {
  if (const auto* started = std::get_if<JobStarted>(&event)) return encode_started(*started);
  if (const auto* waits = std::get_if<JobWaits>(&event)) return encode_waits(*waits);
  return encode_finished(std::get<JobFinished>(event));
}

SupervisorCommand decode_command(std::string_view frame) {
  FieldReader fields(frame);
  switch (fields.number<char>()) {
    case 'S':
      return read_submit(fields);
    case 'C':
      return read_cancel(fields);
    default:
      throw ProtocolError("a frame of a type that no driver sends");
  }
}

JobEvent decode_event(std::string_view frame) {
  FieldReader fields(frame);
  switch (fields.number<char>()) {
    case 's':
      return read_started(fields);
    case 'w':
      return read_waits(fields);
    case 'f':
      return read_finished(fields);
    default:
      throw ProtocolError("a frame of a type that no supervisor sends");
  }
}

}  // namespace mlpipe
