// What a helper says; the format is described in protocol.h.
#include "remote/protocol_fields.h"
#include "target/supervisor_protocol.h"

namespace mlpipe {

namespace {

std::string put(const Greeting& news) {
  FrameWriter writer('h');
  writer.text(news.host).text(news.platform).text(news.root.native()).texts(news.environment);
  writer.number(news.processors).number(news.memory_bytes).number(news.free_bytes);
  put_numbers(writer, {news.devices.begin(), news.devices.end()});
  return writer.time(news.at).finish();
}

std::string put(const Answer& news) {
  return begin_frame('a', news.request).text(news.bytes).finish();
}

std::string put(const Refusal& news) {
  return begin_frame('e', news.request)
      .number(static_cast<std::uint8_t>(news.kind))
      .text(news.message)
      .finish();
}

std::string put(const ObjectComes& news) {
  auto writer = begin_frame('o', news.request);
  writer.truth(news.asks);
  put_head(writer, news.head);
  return writer.finish();
}

std::string put(const FilesWanted& news) { return put_files_wanted(news); }

std::string put(const ObjectBytes& news) {
  return begin_frame('d', news.request).text(news.bytes).finish();
}

std::string put(const JobNews& news) {
  return begin_frame('n', news.request)
      .text(std::string_view(encode(news.event)).substr(frame_length_bytes))
      .truth(news.goes_on)
      .text(news.metrics)
      .time(news.metrics_at)
      .finish();
}

std::string put(const JobLog& news) {
  return begin_frame('l', news.request)
      .truth(news.is_stderr)
      .number(news.offset)
      .text(news.bytes)
      .finish();
}

Greeting take_greeting(FieldReader& fields) {
  constexpr std::uint32_t most_processors = 1U << 16U;
  Greeting news{.host = fields.text(),
                .platform = fields.text(),
                .root = fields.text(),
                .environment = fields.texts()};
  news.processors = fields.number<std::uint32_t>();
  if (news.processors > most_processors) throw ProtocolError("a machine has too many processors");
  news.memory_bytes = fields.number<std::uint64_t>();
  news.free_bytes = fields.number<std::uint64_t>();
  const auto devices = take_numbers(fields);
  news.devices.assign(devices.begin(), devices.end());
  news.at = fields.time();
  if (!news.root.is_absolute()) throw ProtocolError("a greeting has no place");
  return news;
}

ObjectComes take_object_comes(RequestId request, FieldReader& fields) {
  const bool asks = fields.truth();
  return {.request = request, .head = take_head(fields), .asks = asks};
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
      return take_object_comes(request, fields);
    case 'w':
      return take_files_wanted(request, fields);
    case 'd':
      return ObjectBytes{.request = request, .bytes = fields.view()};
    case 'n': {
      const auto event = fields.text();
      return JobNews{.request = request,
                     .event = decode_event(event),
                     .goes_on = fields.truth(),
                     .metrics = fields.text(),
                     .metrics_at = fields.time()};
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

}  // namespace

std::string encode(const HelperNews& news) {
  return std::visit([](const auto& each) { return put(each); }, news);
}

std::string encode_bytes(RequestId request, std::string_view bytes) {
  return put(ObjectBytes{.request = request, .bytes = bytes});
}

std::string encode_bytes_head(RequestId request, std::size_t count) {
  return begin_frame('d', request).number(static_cast<std::uint32_t>(count)).finish(count);
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
  const auto state = kind_of(fields.number<std::uint8_t>(), JobState::orphaned);
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

std::string encode_collected(const CollectedAnswer& answer) {
  return answer_bytes([&](FrameWriter& writer) {
    put_hashes(writer, answer.gone);
    writer.number(answer.bytes)
        .number(answer.directories)
        .number(answer.directory_bytes)
        .number(answer.kept_bytes)
        .number(answer.kept_directories)
        .number(answer.kept_directory_bytes);
  });
}

CollectedAnswer decode_collected(std::string_view bytes) {
  FieldReader fields(bytes);
  CollectedAnswer answer{.gone = take_hashes(fields),
                         .bytes = fields.number<std::uint64_t>(),
                         .directories = fields.number<std::uint64_t>(),
                         .directory_bytes = fields.number<std::uint64_t>(),
                         .kept_bytes = fields.number<std::uint64_t>(),
                         .kept_directories = fields.number<std::uint64_t>(),
                         .kept_directory_bytes = fields.number<std::uint64_t>()};
  fields.end();
  return answer;
}

std::string encode_place(const PlaceAnswer& answer) {
  return answer_bytes([&](FrameWriter& writer) {
    writer.time(answer.at)
        .text(answer.system)
        .number(answer.rights)
        .text(answer.write_problem)
        .texts(answer.open_folders)
        .truth(answer.has_bash)
        .truth(answer.has_other_gpus)
        .text(answer.taken_slots)
        .text(answer.slot_problem);
  });
}

PlaceAnswer decode_place(std::string_view bytes) {
  FieldReader fields(bytes);
  PlaceAnswer answer{.at = fields.time(),
                     .system = fields.text(),
                     .rights = fields.number<std::uint32_t>(),
                     .write_problem = fields.text(),
                     .open_folders = fields.texts(),
                     .has_bash = fields.truth(),
                     .has_other_gpus = fields.truth(),
                     .taken_slots = fields.text(),
                     .slot_problem = fields.text()};
  fields.end();
  return answer;
}

}  // namespace mlpipe
