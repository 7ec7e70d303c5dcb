#include "remote/job_outputs.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "base/text.h"

namespace mlpipe {

namespace {

/// Those outputs that are not among `taken`.
std::vector<DeclaredOutput> without(std::vector<DeclaredOutput> outputs,
                                    const std::vector<TakenOutputs::Output>& taken) {
  std::erase_if(outputs, [&taken](const DeclaredOutput& output) {
    return std::any_of(taken.begin(), taken.end(),
                       [&](const auto& each) { return each.name == output.name; });
  });
  return outputs;
}

void add_to(TakenOutputs& all, TakenOutputs more) {
  std::move(more.outputs.begin(), more.outputs.end(), std::back_inserter(all.outputs));
  std::move(more.warnings.begin(), more.warnings.end(), std::back_inserter(all.warnings));
  all.failure = std::move(more.failure);
}

/// What is taken is not in the directory any more: it is noted one by one, for the helper may be
/// killed, or the disk be full, in between.
TakenAnswer take(const JobFolder& job, const TakeOutputs& asked, ObjectStore& store) {
  const auto part = job.file("part");
  TakenAnswer answer;
  const bool was_begun = stat_link(part).has_value();
  if (was_begun) answer = decode_taken(read_file(part));
  const auto left = without(asked.outputs, answer.taken.outputs);
  answer.taken.failure = settle_outputs(job.work(), left);
  // It had made all, or nothing would have been taken; and whether there was something in the
  // folders that are kept cannot be told any more.
  if (was_begun && (!answer.taken.failure.empty() || stat_link(job.file("keeping"))))
    answer.taken.failure =
        "what it made was lost over there: the helper was killed, or the machine ended, while it "
        "was put into the store: run again";
  if (!answer.taken.failure.empty()) return answer;
  answer.moved_inputs = not_whole(store, asked.inputs);
  write_file_atomically(part, encode_taken(answer));  // while nothing is taken that may get lost
  for (const auto& output : left) {
    add_to(answer.taken, take_outputs(job.work(), {output}, {}, store));
    if (!answer.taken.failure.empty()) return answer;
    write_file_atomically(part, encode_taken(answer));
  }
  write_file_atomically(job.file("keeping"), "");
  add_to(answer.taken, take_outputs(job.work(), {}, asked.kept, store));
  return answer;
}

}  // namespace

MetricsFile read_metrics_file(const WorkDirectory& directory) {
  const auto look = stat_file(directory.metrics());
  if (!look || look->kind != FileKind::file) return {};
  constexpr std::uint64_t most = std::uint64_t{32} << 20U;  // half of what a frame can be
  MetricsFile file{.bytes = read_tail(directory.metrics(), most),
                   .written = from_micros(look->mtime_ns / 1000)};
  if (look->size <= most) return file;
  file.bytes.erase(0, file.bytes.find('\n') + 1);
  file.warning = fmt::format("its metrics are {}: only the last {} are kept", size_text(look->size),
                             size_text(most));
  return file;
}

std::vector<Hash> not_whole(ObjectStore& store, const std::vector<Hash>& objects) {
  std::vector<Hash> lost;
  for (const auto& id : objects)
    if (store.check(id) != ObjectState::intact) lost.push_back(id);
  return lost;
}

std::string take_job_outputs(const JobFolder& job, const TakeOutputs& asked, ObjectStore& store,
                             const std::function<void()>& flush) {
  if (stat_link(job.file("taken"))) return read_file(job.file("taken"));
  auto answer = take(job, asked, store);
  auto metrics = read_metrics_file(job.work());
  answer.metrics = std::move(metrics.bytes);
  answer.metrics_time_us = to_micros(metrics.written);
  if (!metrics.warning.empty()) answer.taken.warnings.push_back(std::move(metrics.warning));
  auto bytes = encode_taken(answer);
  if (!answer.taken.failure.empty()) {
    // It ended with 0 and counts as failed all the same: no later run may take it up.
    std::error_code ignored;
    std::filesystem::remove(job.file("job"), ignored);
    return bytes;
  }
  flush();
  write_file_atomically(job.file("taken"), bytes);  // not flushed, as the keeper's result is not
  if (!asked.keep_directory) remove_tree(job.work().root);
  return bytes;
}

bool taken_is_whole(const JobFolder& job, ObjectStore& store) {
  for (const char* record : {"taken", "part"}) {
    if (!stat_link(job.file(record))) continue;
    std::vector<Hash> objects;
    try {
      for (const auto& output : decode_taken(read_file(job.file(record))).taken.outputs)
        objects.push_back(output.object.id);
    } catch (const ProtocolError&) {
      return false;  // the machine failed before it was on disk
    }
    return not_whole(store, objects).empty();
  }
  return true;
}

}  // namespace mlpipe
