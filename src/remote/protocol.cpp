// What a driver and the helper that it started over SSH say to each other: over the helper's stdin
// and stdout, after a line of text "mlpipe-helper speaks VERSION\n". Frames, numbers and texts are
// those of target/frame.h; a hash is 16 bytes; a list has its u32 count before it; a size is u64.
//
//   the driver says                              the helper says
//   'M' request | hashes                         'h' text host | text root | texts environment
//   'P' request | head                               | u32 processors | u64 memory | u64 free
//   'G' request | hash                               | u32s devices | i64 µs since 1970
//   'W' request | text name | hashes | plan      'a' request | bytes: the answer
//       | text context | text python             'e' request | u8 kind | text: why not
//   'J' request | text name | text token          'o' request | head
//       | u8 only_watch | text job | slots     'd' request | bytes
//       | capacity | u64 stdout | u64 stderr  'n' request | text event
//   'C' request | text name | u8 at_once         'l' request | u8 is_stderr | u64 offset | bytes
//   'F' request | text name
//   'O' request | text name | outputs | kept     request  = u64
//       | hashes | u8 keep                       head     = hash | u8 is_file | entries
//   'R' request | text name | u8 keep            entry    = text path | u8 kind | u8 executable
//   'I' request | text language | text program              | u64 size | hash | text link
//       | texts environment
//   'd' request | bytes                          job, event: frames of supervisor_protocol.cpp
//
//   plan     = hash source | texts outputs | list of (text input | hash) | u8 isolated
//   outputs  = list of (text name | text file_name | u8 artifacts)
//   kept     = list of (text name | text folder)
//   slots    = u32 cpus | u64 memory | u32 gpus
//   capacity = u32 steps | u32 cpus | u64 memory | u32s gpus
//
// An object comes as its head ('P', 'o') and then the bytes of all its files, in the order of the
// entries, cut into 'd' frames anywhere; other frames may come between. Whoever gets it hashes what
// came, and takes it only if it is what it is called.
#include "remote/protocol.h"

#include <set>

#include "base/text.h"
#include "target/supervisor_protocol.h"

namespace mlpipe {

namespace {

constexpr std::size_t frame_length_bytes = 4;
constexpr std::size_t hash_bytes_long = 16;

template <class Kind>
Kind kind_of(std::uint8_t value, Kind last) {
  if (value > static_cast<std::uint8_t>(last)) throw ProtocolError("a frame has an unknown kind");
  return static_cast<Kind>(value);
}

FrameWriter begin(char type, RequestId request) {
  FrameWriter writer(type);
  writer.number(request.value);
  return writer;
}

void put_count(FrameWriter& writer, std::size_t count) {
  writer.number(static_cast<std::uint32_t>(count));
}

void put_hashes(FrameWriter& writer, const std::vector<Hash>& hashes) {
  put_count(writer, hashes.size());
  for (const auto& hash : hashes) writer.hash(hash);
}

std::vector<Hash> take_hashes(FieldReader& fields) {
  std::vector<Hash> hashes(fields.count(hash_bytes_long));
  for (auto& hash : hashes) hash = fields.hash();
  return hashes;
}

void put_numbers(FrameWriter& writer, const std::vector<unsigned>& numbers) {
  put_count(writer, numbers.size());
  for (const auto number : numbers) writer.number(std::uint32_t{number});
}

std::vector<unsigned> take_numbers(FieldReader& fields) {
  std::vector<unsigned> numbers(fields.count(sizeof(std::uint32_t)));
  for (auto& number : numbers) number = fields.number<std::uint32_t>();
  return numbers;
}

void put_head(FrameWriter& writer, const ObjectHead& head) {
  writer.hash(head.id).truth(head.is_file);
  put_count(writer, head.entries.size());
  for (const auto& entry : head.entries)
    writer.text(entry.path)
        .number(static_cast<std::uint8_t>(entry.kind))
        .truth(entry.executable)
        .number(entry.size)
        .hash(entry.hash)
        .text(entry.link);
}

ObjectHead take_head(FieldReader& fields) {
  constexpr std::size_t least = 4 + 1 + 1 + 8 + hash_bytes_long + 4;
  ObjectHead head{.id = fields.hash(), .is_file = fields.truth()};
  head.entries.resize(fields.count(least));
  for (auto& entry : head.entries) {
    entry.path = fields.text();
    entry.kind = kind_of(fields.number<std::uint8_t>(), FileKind::link);
    entry.executable = fields.truth();
    entry.size = fields.number<std::uint64_t>();
    entry.hash = fields.hash();
    entry.link = fields.text();
  }
  if (!is_sound(head)) throw ProtocolError("an object has entries that none can have");
  return head;
}

void put_plan(FrameWriter& writer, const DirectoryPlan& plan) {
  writer.hash(plan.source).texts(plan.outputs);
  put_count(writer, plan.copies.size());
  for (const auto& copy : plan.copies) writer.text(copy.input).hash(copy.object);
  writer.truth(plan.isolated);
}

DirectoryPlan take_plan(FieldReader& fields) {
  DirectoryPlan plan{.source = fields.hash(), .outputs = fields.texts()};
  plan.copies.resize(fields.count(4 + hash_bytes_long));
  for (auto& copy : plan.copies) {
    copy.input = fields.text();
    copy.object = fields.hash();
  }
  plan.isolated = fields.truth();
  return plan;
}

/// One name in a path, not a path.
void check_name(const std::string& name) {
  if (name.empty() || name == "." || name == ".." || name.find('/') != std::string::npos ||
      name.find('\0') != std::string::npos)
    throw ProtocolError("a frame has a name that is none");
}

std::string take_job_name(FieldReader& fields) {
  auto name = fields.text();
  if (!is_job_name(name)) throw ProtocolError("no job is called " + printable(name));
  return name;
}

void put_slots(FrameWriter& writer, const SlotRequest& slots, const SlotCapacity& capacity) {
  writer.number(std::uint32_t{slots.cpus})
      .number(slots.memory_bytes)
      .number(std::uint32_t{slots.gpus});
  const auto steps = capacity.steps.find(slots.target);
  writer.number(std::uint32_t{steps == capacity.steps.end() ? 0 : steps->second})
      .number(std::uint32_t{capacity.cpus})
      .number(capacity.memory_bytes);
  put_numbers(writer, capacity.gpus);
}

void take_slots(FieldReader& fields, SlotRequest& slots, SlotCapacity& capacity) {
  slots.cpus = fields.number<std::uint32_t>();
  slots.memory_bytes = fields.number<std::uint64_t>();
  slots.gpus = fields.number<std::uint32_t>();
  if (const auto steps = fields.number<std::uint32_t>(); steps > 0)
    capacity.steps[slots.target] = steps;
  capacity.cpus = fields.number<std::uint32_t>();
  capacity.memory_bytes = fields.number<std::uint64_t>();
  capacity.gpus = take_numbers(fields);
}

std::string put(const FindMissing& command) {
  auto writer = begin('M', command.request);
  put_hashes(writer, command.objects);
  return writer.finish();
}

std::string put(const PutObject& command) {
  auto writer = begin('P', command.request);
  put_head(writer, command.head);
  return writer.finish();
}

std::string put(const GetObject& command) {
  return begin('G', command.request).hash(command.object).finish();
}

std::string put(const MakeDirectory& command) {
  auto writer = begin('W', command.request);
  writer.text(command.name);
  put_hashes(writer, command.needed);
  put_plan(writer, command.plan);
  return writer.text(command.context).text(command.python).finish();
}

std::string put(const RunJob& command) {
  auto writer = begin('J', command.request);
  writer.text(command.name).text(command.token).truth(command.only_watch);
  writer.text(std::string_view(encode(SubmitJob{command.job})).substr(frame_length_bytes));
  put_slots(writer, command.slots, command.capacity);
  return writer.number(command.stdout_bytes).number(command.stderr_bytes).finish();
}

std::string put(const EndJob& command) {
  return begin('C', command.request).text(command.name).truth(command.at_once).finish();
}

std::string put(const FindJob& command) {
  return begin('F', command.request).text(command.name).finish();
}

std::string put(const TakeOutputs& command) {
  auto writer = begin('O', command.request);
  writer.text(command.name);
  put_count(writer, command.outputs.size());
  for (const auto& output : command.outputs)
    writer.text(output.name).text(output.file_name).truth(output.artifacts);
  put_count(writer, command.kept.size());
  for (const auto& kept : command.kept) writer.text(kept.name).text(kept.folder);
  put_hashes(writer, command.inputs);
  return writer.truth(command.keep_directory).finish();
}

std::string put(const ReleaseJob& command) {
  return begin('R', command.request).text(command.name).truth(command.keep_directory).finish();
}

std::string put(const IdentifyInterpreter& command) {
  return begin('I', command.request)
      .text(command.language)
      .text(command.program)
      .texts(command.environment)
      .finish();
}

MakeDirectory take_make_directory(RequestId request, FieldReader& fields) {
  MakeDirectory command{.request = request, .name = take_job_name(fields)};
  command.needed = take_hashes(fields);
  command.plan = take_plan(fields);
  command.context = fields.text();
  command.python = fields.text();
  for (const auto& output : command.plan.outputs) check_name(output);
  for (const auto& copy : command.plan.copies) check_name(copy.input);
  return command;
}

RunJob take_run_job(RequestId request, FieldReader& fields) {
  RunJob command{.request = request, .name = take_job_name(fields)};
  command.token = fields.text();
  command.only_watch = fields.truth();
  const auto job = fields.text();
  auto submit = decode_command(job);
  if (!std::holds_alternative<SubmitJob>(submit)) throw ProtocolError("a frame has no job");
  command.job = std::move(std::get<SubmitJob>(submit).job);
  take_slots(fields, command.slots, command.capacity);
  command.stdout_bytes = fields.number<std::uint64_t>();
  command.stderr_bytes = fields.number<std::uint64_t>();
  return command;
}

TakeOutputs take_take_outputs(RequestId request, FieldReader& fields) {
  TakeOutputs command{.request = request, .name = take_job_name(fields)};
  command.outputs.resize(fields.count(4 + 4 + 1));
  for (auto& output : command.outputs) {
    output = {.name = fields.text(), .file_name = fields.text(), .artifacts = fields.truth()};
    check_name(output.name);
    if (!output.file_name.empty()) check_name(output.file_name);
  }
  command.kept.resize(fields.count(4 + 4));
  for (auto& kept : command.kept) {
    kept = {.name = fields.text(), .folder = fields.text()};
    check_name(kept.folder);
  }
  command.inputs = take_hashes(fields);
  command.keep_directory = fields.truth();
  return command;
}

HelperCommand take_command(char type, FieldReader& fields) {
  const RequestId request{fields.number<std::uint64_t>()};
  switch (type) {
    case 'M':
      return FindMissing{.request = request, .objects = take_hashes(fields)};
    case 'P':
      return PutObject{.request = request, .head = take_head(fields)};
    case 'G':
      return GetObject{.request = request, .object = fields.hash()};
    case 'W':
      return take_make_directory(request, fields);
    case 'J':
      return take_run_job(request, fields);
    case 'C':
      return EndJob{.request = request, .name = take_job_name(fields), .at_once = fields.truth()};
    case 'F':
      return FindJob{.request = request, .name = take_job_name(fields)};
    case 'O':
      return take_take_outputs(request, fields);
    case 'R':
      return ReleaseJob{
          .request = request, .name = take_job_name(fields), .keep_directory = fields.truth()};
    case 'I':
      return IdentifyInterpreter{.request = request,
                                 .language = fields.text(),
                                 .program = fields.text(),
                                 .environment = fields.texts()};
    default:
      throw ProtocolError("a frame of a type that no driver sends");
  }
}

std::string put(const Greeting& news) {
  FrameWriter writer('h');
  writer.text(news.host).text(news.root.native()).texts(news.environment);
  writer.number(news.processors).number(news.memory_bytes).number(news.free_bytes);
  put_numbers(writer, {news.devices.begin(), news.devices.end()});
  return writer.time(news.at).finish();
}

std::string put(const Answer& news) { return begin('a', news.request).text(news.bytes).finish(); }

std::string put(const Refusal& news) {
  return begin('e', news.request)
      .number(static_cast<std::uint8_t>(news.kind))
      .text(news.message)
      .finish();
}

std::string put(const ObjectComes& news) {
  auto writer = begin('o', news.request);
  put_head(writer, news.head);
  return writer.finish();
}

std::string put(const ObjectBytes& news) {
  return begin('d', news.request).text(news.bytes).finish();
}

std::string put(const JobNews& news) {
  return begin('n', news.request)
      .text(std::string_view(encode(news.event)).substr(frame_length_bytes))
      .finish();
}

std::string put(const JobLog& news) {
  return begin('l', news.request)
      .truth(news.is_stderr)
      .number(news.offset)
      .text(news.bytes)
      .finish();
}

Greeting take_greeting(FieldReader& fields) {
  Greeting news{.host = fields.text(), .root = fields.text(), .environment = fields.texts()};
  news.processors = fields.number<std::uint32_t>();
  news.memory_bytes = fields.number<std::uint64_t>();
  news.free_bytes = fields.number<std::uint64_t>();
  const auto devices = take_numbers(fields);
  news.devices.assign(devices.begin(), devices.end());
  news.at = fields.time();
  if (!news.root.is_absolute()) throw ProtocolError("a greeting has no place");
  return news;
}

HelperNews take_news(char type, FieldReader& fields) {
  if (type == 'h') return take_greeting(fields);
  const RequestId request{fields.number<std::uint64_t>()};
  switch (type) {
    case 'a':
      return Answer{.request = request, .bytes = fields.text()};
    case 'e':
      return Refusal{.request = request,
                     .kind = kind_of(fields.number<std::uint8_t>(), ErrorKind::internal),
                     .message = fields.text()};
    case 'o':
      return ObjectComes{.request = request, .head = take_head(fields)};
    case 'd':
      return ObjectBytes{.request = request, .bytes = fields.view()};
    case 'n': {
      const auto event = fields.text();
      return JobNews{.request = request, .event = decode_event(event)};
    }
    case 'l':
      return JobLog{.request = request,
                    .is_stderr = fields.truth(),
                    .offset = fields.number<std::uint64_t>(),
                    .bytes = fields.view()};
    default:
      throw ProtocolError("a frame of a type that no helper sends");
  }
}

/// The bytes of an answer: fields without type and length.
template <class Put>
std::string answer_bytes(const Put& put) {
  FrameWriter writer('-');
  put(writer);
  return writer.finish().substr(frame_length_bytes + 1);
}

void put_object(FrameWriter& writer, const StoredObject& object) {
  writer.hash(object.id)
      .hash(object.content_hash)
      .truth(object.kind == FileKind::file)
      .truth(object.executable)
      .text(object.file_name)
      .number(object.bytes)
      .number(object.files);
}

StoredObject take_object(FieldReader& fields) {
  StoredObject object{.id = fields.hash(), .content_hash = fields.hash()};
  object.kind = fields.truth() ? FileKind::file : FileKind::folder;
  object.executable = fields.truth();
  object.file_name = fields.text();
  object.bytes = fields.number<std::uint64_t>();
  object.files = fields.number<std::uint64_t>();
  if (object.kind == FileKind::file) check_name(object.file_name);
  return object;
}

bool is_sound_path(std::string_view path) {
  if (path.empty() || path.find('\0') != std::string_view::npos) return false;
  const auto names = split(path, '/');
  return std::none_of(names.begin(), names.end(), [](std::string_view name) {
    return name.empty() || name == "." || name == "..";
  });
}

}  // namespace

std::string encode(const HelperCommand& command) {
  return std::visit([](const auto& each) { return put(each); }, command);
}

std::string encode(const HelperNews& news) {
  return std::visit([](const auto& each) { return put(each); }, news);
}

std::string encode_bytes(RequestId request, std::string_view bytes) {
  return put(ObjectBytes{.request = request, .bytes = bytes});
}

std::variant<HelperCommand, ObjectBytes> decode_helper_command(std::string_view frame) {
  FieldReader fields(frame);
  const char type = fields.number<char>();
  if (type == 'd') {
    const RequestId request{fields.number<std::uint64_t>()};
    const ObjectBytes bytes{.request = request, .bytes = fields.view()};
    fields.end();
    return bytes;
  }
  auto command = take_command(type, fields);
  fields.end();
  return command;
}

HelperNews decode_helper_news(std::string_view frame) {
  FieldReader fields(frame);
  auto news = take_news(fields.number<char>(), fields);
  fields.end();
  return news;
}

std::string encode_hashes(const std::vector<Hash>& hashes) {
  return answer_bytes([&](FrameWriter& writer) { put_hashes(writer, hashes); });
}

std::vector<Hash> decode_hashes(std::string_view bytes) {
  FieldReader fields(bytes);
  auto hashes = take_hashes(fields);
  fields.end();
  return hashes;
}

std::string encode_state(JobState state) { return {static_cast<char>(state)}; }

JobState decode_state(std::string_view bytes) {
  FieldReader fields(bytes);
  const auto state = kind_of(fields.number<std::uint8_t>(), JobState::lost);
  fields.end();
  return state;
}

std::string encode_taken(const TakenAnswer& answer) {
  return answer_bytes([&](FrameWriter& writer) {
    writer.text(answer.taken.failure).texts(answer.taken.warnings);
    put_count(writer, answer.taken.outputs.size());
    for (const auto& [name, object] : answer.taken.outputs) {
      writer.text(name);
      put_object(writer, object);
    }
    put_hashes(writer, answer.moved_inputs);
    writer.text(answer.metrics).number(answer.metrics_time_us);
  });
}

TakenAnswer decode_taken(std::string_view bytes) {
  FieldReader fields(bytes);
  TakenAnswer answer;
  answer.taken.failure = fields.text();
  answer.taken.warnings = fields.texts();
  answer.taken.outputs.resize(fields.count(4 + 2 * hash_bytes_long));
  for (auto& output : answer.taken.outputs) {
    output.name = fields.text();
    output.object = take_object(fields);
  }
  answer.moved_inputs = take_hashes(fields);
  answer.metrics = fields.text();
  answer.metrics_time_us = fields.number<std::int64_t>();
  fields.end();
  return answer;
}

std::string encode_interpreter(const InterpreterAnswer& answer) {
  return answer_bytes([&](FrameWriter& writer) {
    writer.text(answer.program)
        .text(answer.language)
        .text(answer.version)
        .texts(answer.distributions);
  });
}

InterpreterAnswer decode_interpreter(std::string_view bytes) {
  FieldReader fields(bytes);
  InterpreterAnswer answer{.program = fields.text(),
                           .language = fields.text(),
                           .version = fields.text(),
                           .distributions = fields.texts()};
  fields.end();
  return answer;
}

bool is_job_name(std::string_view name) {
  constexpr std::size_t longest = 100;
  return !name.empty() && name.size() <= longest && name[0] != '-' &&
         name.find_first_not_of("0123456789abcdefghijklmnopqrstuvwxyz-") == std::string_view::npos;
}

bool is_sound(const ObjectHead& head) {
  if (head.is_file && (head.entries.size() != 1 || head.entries[0].kind != FileKind::file ||
                       head.entries[0].path.find('/') != std::string::npos))
    return false;
  std::set<std::string_view> folders{""};
  std::set<std::string_view> seen;
  for (const auto& entry : head.entries) {
    const std::string_view path = entry.path;
    if (!is_sound_path(path) || !seen.insert(path).second) return false;
    const auto slash = path.rfind('/');
    if (!folders.contains(slash == std::string_view::npos ? "" : path.substr(0, slash)))
      return false;
    if (entry.kind == FileKind::folder) folders.insert(path);
  }
  return true;
}

}  // namespace mlpipe
