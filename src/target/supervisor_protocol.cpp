// What a driver and its supervisor say to each other, over a stream socket between two processes of
// the same executable: no versions, the machine's byte order.
//
//   frame   = u32 length of what follows | u8 type | fields
//   submit  = 'S' | u64 id | text name | texts argv | texts enclosure | texts environment
//             | text work_directory | text stdout_file | text stderr_file | i64 timeout in ms
//             | i64 grace in ms
//   cancel  = 'C' | u64 id | u8 at_once
//   started = 's' | u64 id | i64 pid | i64 µs since 1970
//   finished= 'f' | u64 id | u8 outcome | i64 exit_code | i64 signal | text message | i64 lingering
//             | i64 user time in µs | i64 system time in µs | u64 peak memory in bytes
//             | i64 µs since 1970
//   text    = u32 length | bytes
//   texts   = u32 count | that many texts
//
// The driver says submit and cancel, the supervisor started and finished. The end of the driver's
// half of the stream means: end everything, say so, exit.
#include "target/supervisor_protocol.h"

#include <cstring>
#include <limits>
#include <type_traits>
#include <vector>

namespace mlpipe {

namespace {

constexpr std::size_t length_bytes = sizeof(std::uint32_t);
/// Longer than any command line and environment the kernel takes.
constexpr std::uint32_t longest_frame = std::uint32_t{64} << 20U;

class FrameWriter {
 public:
  explicit FrameWriter(char type) : bytes_(length_bytes, '\0') { bytes_ += type; }

  template <class Number>
  FrameWriter& number(Number value) {
    static_assert(std::is_integral_v<Number>);
    char raw[sizeof(Number)];  // NOLINT(*-avoid-c-arrays)
    std::memcpy(raw, &value, sizeof value);
    bytes_.append(raw, sizeof value);
    return *this;
  }

  FrameWriter& text(std::string_view value) {
    number(static_cast<std::uint32_t>(value.size()));
    bytes_ += value;
    return *this;
  }

  FrameWriter& texts(const std::vector<std::string>& values) {
    number(static_cast<std::uint32_t>(values.size()));
    for (const auto& value : values) text(value);
    return *this;
  }

  std::string finish() {
    if (bytes_.size() > longest_frame) throw ProtocolError("longer than a frame may be");
    const auto length = static_cast<std::uint32_t>(bytes_.size() - length_bytes);
    std::memcpy(bytes_.data(), &length, length_bytes);
    return std::move(bytes_);
  }

 private:
  std::string bytes_;
};

class FieldReader {
 public:
  explicit FieldReader(std::string_view frame) : rest_(frame) {}

  template <class Number>
  Number number() {
    Number value{};
    std::memcpy(&value, take(sizeof value).data(), sizeof value);
    return value;
  }

  /// An `int` that is sent with 64 bits.
  int integer() {
    const auto value = number<std::int64_t>();
    if (value < std::numeric_limits<int>::min() || value > std::numeric_limits<int>::max())
      throw ProtocolError("a frame has a number that is too large");
    return static_cast<int>(value);
  }

  bool truth() {
    const auto value = number<std::uint8_t>();
    if (value > 1) throw ProtocolError("a frame has a truth value that is none");
    return value != 0;
  }

  std::string text() { return std::string(take(number<std::uint32_t>())); }

  std::vector<std::string> texts() {
    const auto count = number<std::uint32_t>();
    if (count > rest_.size() / length_bytes) throw ProtocolError("a frame counts what it lacks");
    std::vector<std::string> values;
    values.reserve(count);
    for (std::uint32_t i = 0; i < count; ++i) values.push_back(text());
    return values;
  }

  std::chrono::milliseconds millis() { return std::chrono::milliseconds(number<std::int64_t>()); }
  Duration micros() { return Duration(number<std::int64_t>()); }
  TimePoint time() { return from_micros(number<std::int64_t>()); }
  JobId id() { return JobId{number<std::uint64_t>()}; }

  void end() const {
    if (!rest_.empty()) throw ProtocolError("a frame is too long for what it says");
  }

 private:
  std::string_view take(std::size_t size) {
    if (size > rest_.size()) throw ProtocolError("a frame ends too early");
    const auto taken = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return taken;
  }

  std::string_view rest_;
};

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

SubmitJob read_submit(FieldReader& fields) {
  SubmitJob command;
  Job& job = command.job;
  job.id = fields.id();
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
  command.job = fields.id();
  command.at_once = fields.truth();
  fields.end();
  return command;
}

JobStarted read_started(FieldReader& fields) {
  JobStarted event;
  event.job = fields.id();
  event.pid = fields.number<std::int64_t>();
  event.at = fields.time();
  fields.end();
  return event;
}

JobFinished read_finished(FieldReader& fields) {
  JobFinished event;
  event.job = fields.id();
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
  return encode_finished(std::get<JobFinished>(event));
}

void FrameReader::add(std::string_view bytes) {
  bytes_.erase(0, start_);
  start_ = 0;
  bytes_ += bytes;
}

std::optional<std::string_view> FrameReader::next() {
  const auto rest = std::string_view(bytes_).substr(start_);
  if (rest.size() < length_bytes) return std::nullopt;
  std::uint32_t length = 0;
  std::memcpy(&length, rest.data(), length_bytes);
  if (length == 0 || length > longest_frame) throw ProtocolError("a frame has an absurd length");
  if (rest.size() - length_bytes < length) return std::nullopt;
  start_ += length_bytes + length;
  return rest.substr(length_bytes, length);
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
    case 'f':
      return read_finished(fields);
    default:
      throw ProtocolError("a frame of a type that no supervisor sends");
  }
}

}  // namespace mlpipe
