#include "cli/read_report_files.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>

#include "base/error.h"
#include "base/text.h"
#include "cli/shown_outputs.h"
#include "store/object_store.h"

namespace mlpipe {

namespace {

namespace fs = std::filesystem;

/// The first `bytes` bytes at most.
std::string read_head(const fs::path& path, std::uint64_t bytes) {
  const Fd file = open_file(path, O_RDONLY);
  std::string content(bytes, '\0');
  std::size_t used = 0;
  while (used < content.size()) {
    const auto got = ::read(file.get(), content.data() + used,  // NOLINT(*-pointer-arithmetic)
                            content.size() - used);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) fail_errno(errno, fmt::format("cannot read '{}'", path.string()));
    if (got == 0) break;
    used += static_cast<std::size_t>(got);
  }
  content.resize(used);
  return content;
}

/// Reads files one by one until the report has enough of them.
class ReportReader {
 public:
  ReportReader(const OpenedHistory& opened, const ReportLimits& limits)
      : state_(opened.state), store_(state_.objects(), state_.scratch()), budget_(limits) {}

  /// Of a failed step stderr first: its last word tells why.
  [[nodiscard]] std::vector<ShownLog> logs_of(const StepDetails& step) {
    std::vector<ShownLog> logs;
    const bool failed = step.record.status == Status::failed;
    for (const auto& attempt : step.attempts) {
      const std::string which =
          step.attempts.size() == 1 ? "" : fmt::format(", attempt {}", attempt.number);
      const auto& first = failed ? attempt.stderr_file : attempt.stdout_file;
      const auto& second = failed ? attempt.stdout_file : attempt.stderr_file;
      add_log(logs, (failed ? "stderr" : "stdout") + which, first);
      add_log(logs, (failed ? "stdout" : "stderr") + which, second);
    }
    return logs;
  }

  [[nodiscard]] OutputInReport output(const ShownOutput& what) {
    const OutputRecord& output = what.record;
    OutputInReport shown{.copied_to = what.place_text(), .machines = what.machines_text()};
    std::vector<TreeEntry> entries;
    try {
      entries = store_.entries(output.object);
    } catch (const Error&) {
      shown.left_out.push_back(
          shown.machines.empty()
              ? fmt::format("{}: no longer in the store", shown_name(output))
              : fmt::format("{}: it lies on {} only", shown_name(output), shown.machines));
      return shown;
    }
    std::size_t previews = 0;
    std::size_t more = 0;
    for (const auto& entry : entries) {
      if (entry.kind != FileKind::file || entry.size == 0) continue;
      const ShownAs as = shown_as(entry.path);
      if (as == ShownAs::nothing) continue;
      if (as == ShownAs::text && previews == budget_.limits().previews_of_output) {
        ++more;
        continue;
      }
      try {
        if (as == ShownAs::text && add_preview(output, entry, shown)) ++previews;
        if (as == ShownAs::image) add_image(output, entry, shown);
      } catch (const Error& error) {
        shown.left_out.push_back(fmt::format("{}: {}", entry.path, error.what()));
      }
    }
    if (more > 0)
      shown.left_out.push_back(
          fmt::format("{}: previews of {}", shown_name(output), counted(more, "more file")));
    return shown;
  }

 private:
  void add_log(std::vector<ShownLog>& logs, const std::string& title, const std::string& name) {
    const auto room = budget_.log_room();
    const fs::path file = state_.root / name;
    const auto look = stat_file(file);
    if (name.empty() || !look || look->kind != FileKind::file || look->size == 0) return;
    if (room == 0) {
      logs.push_back(
          {title, "(left out: the logs of this run are too long for one page)\n", false});
      return;
    }
    ShownLog log{.title = title, .content = read_tail(file, room)};
    log.cut = look->size > log.content.size();
    budget_.count_log(log.content.size());
    logs.push_back(std::move(log));
  }

  [[nodiscard]] bool add_preview(const OutputRecord& output, const TreeEntry& entry,
                                 OutputInReport& shown) {
    const auto room = budget_.preview_room();
    if (room == 0) {
      shown.left_out.push_back(
          fmt::format("{} ({}): there are previews enough", entry.path, size_text(entry.size)));
      return false;
    }
    ShownFile file{.as = ShownAs::text, .path = entry.path, .bytes = entry.size};
    file.content = read_head(store_.content_folder(output.object) / entry.path, room);
    if (file.content.find('\0') != std::string::npos) return false;  // no text in spite of its name
    budget_.count_preview(file.content.size());
    shown.files.push_back(std::move(file));
    return true;
  }

  void add_image(const OutputRecord& output, const TreeEntry& entry, OutputInReport& shown) {
    const auto leave_out = [&](const std::string& why) {
      shown.left_out.push_back(fmt::format("{} ({}): {}", entry.path, size_text(entry.size), why));
    };
    const fs::path path = store_.content_folder(output.object) / entry.path;
    constexpr std::uint64_t enough_to_tell = 4096;
    std::string type = image_type(entry.path, read_head(path, enough_to_tell));
    if (type.empty()) return leave_out("no image that a browser shows, in spite of its name");
    if (const auto why = budget_.refuse_image(entry.size)) return leave_out(*why);
    shown.files.push_back({.as = ShownAs::image,
                           .path = entry.path,
                           .bytes = entry.size,
                           .media_type = std::move(type),
                           .content = read_head(path, entry.size)});
  }

  const StateDirectory& state_;
  ObjectStore store_;
  ReportBudget budget_;
};

}  // namespace

std::vector<StepFiles> read_report_files(OpenedHistory& opened, const RunDetails& details,
                                         const ReportLimits& limits) {
  ReportReader reader(opened, limits);
  ShownOutputs places(details.run, opened);
  std::vector<StepFiles> files(details.steps.size());
  // Failed steps first: if there is not room for all logs, theirs are wanted.
  for (const bool failed : {true, false})
    for (std::size_t i = 0; i < files.size(); ++i) {
      const auto& step = details.steps[i];
      if ((step.record.status == Status::failed) != failed) continue;
      files[i].logs = reader.logs_of(step);
      if (!step.result) continue;
      for (const auto& output : places.of(step)) files[i].outputs.push_back(reader.output(output));
    }
  return files;
}

}  // namespace mlpipe
