// What a driver asks; the format is described in protocol.h.
#include "base/text.h"
#include "remote/protocol_fields.h"
#include "target/supervisor_protocol.h"

namespace mlpipe {

namespace {

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

std::string take_job_name(FieldReader& fields) {
  auto name = fields.text();
  if (!is_job_name(name)) throw ProtocolError("no job is called " + printable(name));
  return name;
}

void put_slots(FrameWriter& writer, const SlotRequest& slots, const SlotCapacity& capacity) {
  writer.text(slots.target)
      .number(std::uint32_t{slots.cpus})
      .number(slots.memory_bytes)
      .number(std::uint32_t{slots.gpus});
  const auto steps = capacity.steps.find(slots.target);
  writer.number(std::uint32_t{steps == capacity.steps.end() ? 0 : steps->second})
      .number(std::uint32_t{capacity.cpus})
      .number(capacity.memory_bytes);
  put_numbers(writer, capacity.gpus);
}

void take_slots(FieldReader& fields, SlotRequest& slots, SlotCapacity& capacity) {
  slots.target = fields.text();
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
  auto writer = begin_frame('M', command.request);
  put_hashes(writer, command.objects);
  return writer.finish();
}

std::string put(const PutObject& command) {
  auto writer = begin_frame('P', command.request);
  writer.truth(command.asks);
  put_head(writer, command.head);
  return writer.finish();
}

std::string put(const GetObject& command) {
  return begin_frame('G', command.request).hash(command.object).finish();
}

std::string put(const FilesWanted& command) { return put_files_wanted(command); }

void put_make(FrameWriter& writer, const DirectoryToMake& make) {
  writer.truth(make.may_adopt);
  put_hashes(writer, make.needed);
  put_plan(writer, make.plan);
  writer.text(make.context).text(make.python);
}

std::string put(const RunJob& command) {
  auto writer = begin_frame('J', command.request);
  writer.text(command.name).text(command.token).truth(command.only_watch);
  writer.truth(command.make.has_value());
  if (command.make) put_make(writer, *command.make);
  writer.text(std::string_view(encode(SubmitJob{command.job})).substr(frame_length_bytes));
  put_slots(writer, command.slots, command.capacity);
  writer.number(std::int64_t{command.orphan_timeout.count()});
  return writer.number(command.stdout_bytes).number(command.stderr_bytes).finish();
}

std::string put(const EndJob& command) {
  return begin_frame('C', command.request).text(command.name).truth(command.at_once).finish();
}

std::string put(const FindJob& command) {
  return begin_frame('F', command.request).text(command.name).finish();
}

std::string put(const TakeOutputs& command) {
  auto writer = begin_frame('O', command.request);
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
  return begin_frame('R', command.request)
      .text(command.name)
      .truth(command.keep_directory)
      .finish();
}

std::string put(const IdentifyInterpreter& command) {
  return begin_frame('I', command.request)
      .text(command.language)
      .text(command.program)
      .texts(command.environment)
      .finish();
}

std::string put(const LookAtPlace& command) { return begin_frame('L', command.request).finish(); }

std::string put(const CollectObjects& command) {
  auto writer = begin_frame('K', command.request);
  put_hashes(writer, command.keep);
  put_hashes(writer, command.drop);
  put_hashes(writer, command.keep_work);
  return writer.truth(command.only_look).finish();
}

std::string put(const DropRequest& command) { return begin_frame('X', command.request).finish(); }

std::string put(const Ping& command) { return begin_frame('p', command.request).finish(); }

PutObject take_put_object(RequestId request, FieldReader& fields) {
  const bool asks = fields.truth();
  return {.request = request, .head = take_head(fields), .asks = asks};
}

DirectoryToMake take_make(FieldReader& fields) {
  DirectoryToMake make{.may_adopt = fields.truth()};
  make.needed = take_hashes(fields);
  make.plan = take_plan(fields);
  make.context = fields.text();
  make.python = fields.text();
  for (const auto& output : make.plan.outputs) check_name(output);
  for (const auto& copy : make.plan.copies) check_name(copy.input);
  return make;
}

RunJob take_run_job(RequestId request, FieldReader& fields) {
  RunJob command{.request = request, .name = take_job_name(fields)};
  command.token = fields.text();
  command.only_watch = fields.truth();
  if (fields.truth()) command.make = take_make(fields);
  const auto job = fields.text();
  auto submit = decode_command(job);
  if (!std::holds_alternative<SubmitJob>(submit)) throw ProtocolError("a frame has no job");
  command.job = std::move(std::get<SubmitJob>(submit).job);
  take_slots(fields, command.slots, command.capacity);
  command.orphan_timeout = fields.millis();
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
      return take_put_object(request, fields);
    case 'G':
      return GetObject{.request = request, .object = fields.hash()};
    case 'w':
      return take_files_wanted(request, fields);
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
    case 'K':
      return CollectObjects{.request = request,
                            .keep = take_hashes(fields),
                            .drop = take_hashes(fields),
                            .keep_work = take_hashes(fields),
                            .only_look = fields.truth()};
    case 'X':
      return DropRequest{.request = request};
    case 'p':
      return Ping{.request = request};
    case 'L':
      return LookAtPlace{.request = request};
    default:
      throw ProtocolError("a frame of a type that no driver sends");
  }
}

}  // namespace

std::string encode(const HelperCommand& command) {
  return std::visit([](const auto& each) { return put(each); }, command);
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

}  // namespace mlpipe
