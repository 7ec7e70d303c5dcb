// A file is a list of texts, each ended by a NUL byte (none of them can hold one):
//   "mlpipe machine 2", machine, way, language, program asked for, microseconds since 1970,
//   program that answered, version, the distributions, one each.
// Then the XXH3-128 of all of that, 16 bytes: a damaged one would be a wrong identity.
#include "engine/machine_memory.h"

#include <charconv>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/look_recorder.h"

namespace mlpipe {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view answer_magic = "mlpipe machine 2";

std::string texts_of_question(const MachineQuestion& question) {
  std::string bytes;
  for (const auto text :
       {answer_magic, std::string_view(question.machine), std::string_view(question.way),
        std::string_view(question.language), std::string_view(question.program)})
    (bytes += text) += '\0';
  return bytes;
}

fs::path answer_file(const fs::path& folder, const MachineQuestion& question) {
  return folder / hash_bytes(texts_of_question(question)).hex();
}

/// What follows `head`, if all of it is whole.
std::optional<std::vector<std::string>> texts_after(const std::string& head,
                                                    std::string_view bytes) {
  constexpr std::size_t hash_bytes_at_end = 16;
  if (bytes.size() < head.size() + hash_bytes_at_end) return std::nullopt;
  auto body = bytes.substr(0, bytes.size() - hash_bytes_at_end);
  if (hash_bytes(body).view() != bytes.substr(body.size()) || !body.starts_with(head))
    return std::nullopt;
  body.remove_prefix(head.size());
  std::vector<std::string> texts;
  for (auto end = body.find('\0'); end != std::string_view::npos; end = body.find('\0')) {
    texts.emplace_back(body.substr(0, end));
    body.remove_prefix(end + 1);
  }
  return texts;
}

}  // namespace

void remember_answer(const fs::path& folder, const MachineQuestion& question,
                     const MachineAnswer& answer) {
  const LookRecorder::Pause aside;  // no plan goes by it
  auto bytes = texts_of_question(question);
  const auto add = [&bytes](std::string_view text) { (bytes += text) += '\0'; };
  add(std::to_string(to_micros(answer.at)));
  add(answer.interpreter.program.native());
  add(answer.interpreter.identity.version);
  for (const auto& each : answer.interpreter.identity.distributions) add(each);
  try {
    make_folders(folder);
    write_file_atomically(answer_file(folder, question),
                          bytes + std::string(hash_bytes(bytes).view()));
  } catch (const Error&) {  // NOLINT(bugprone-empty-catch)
  }
}

std::optional<MachineAnswer> last_answer(const fs::path& folder, const MachineQuestion& question) {
  const LookRecorder::Pause aside;
  const auto file = answer_file(folder, question);
  try {
    if (!stat_file(file)) return std::nullopt;
    auto texts = texts_after(texts_of_question(question), read_file(file));
    constexpr std::ptrdiff_t before_distributions = 3;
    if (!texts || texts->size() < before_distributions) return std::nullopt;
    const auto& time = texts->at(0);
    std::int64_t micros = 0;
    const auto read = std::from_chars(time.data(), time.data() + time.size(), micros);
    if (read.ec != std::errc() || read.ptr != time.data() + time.size()) return std::nullopt;
    return MachineAnswer{
        .at = from_micros(micros),
        .interpreter = {
            .program = texts->at(1),
            .identity = {.language = question.language,
                         .version = texts->at(2),
                         .distributions = {texts->begin() + before_distributions, texts->end()}}}};
  } catch (const Error&) {
    return std::nullopt;
  }
}

}  // namespace mlpipe
