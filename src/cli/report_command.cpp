#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>

#include "base/error.h"
#include "base/text.h"
#include "cli/commands.h"
#include "cli/embedded_text.h"
#include "cli/json_text.h"
#include "cli/opened_history.h"
#include "cli/read_report_files.h"
#include "core/manifest.h"
#include "view/graph_svg.h"
#include "view/report_page.h"
#include "view/step_graph.h"

namespace mlpipe {

namespace {

namespace fs = std::filesystem;

std::string report_style() {
  std::string style;
  for (const auto& file : report_styles()) style += file.text;
  return style;
}

/// The long texts that the steps' manifests name: what their interpreters had installed.
std::map<Hash, std::string> long_texts(History& history, const RunDetails& details) {
  std::map<Hash, std::string> texts;
  for (const auto& step : details.steps) {
    const auto manifest = decode_manifest(
        step.record.manifest.empty() && step.result ? step.result->manifest : step.record.manifest);
    if (!manifest) continue;
    for (const auto& part : *manifest) {
      if (part.kind != PartKind::environment) continue;
      const auto hash = parse_hash(std::string_view(part.value).substr(part.value.rfind(' ') + 1));
      if (hash && !texts.contains(*hash)) texts.emplace(*hash, history.text_of(*hash));
    }
  }
  return texts;
}

std::string drawing_of(const RunDetails& details) {
  try {
    return graph_svg(step_graph_of(details), {.background = false});
  } catch (const Error&) {
    return {};  // an unreadable record: the page has the rest
  }
}

ReportData gather(OpenedHistory& opened, RunRecord run) {
  auto steps = opened.steps_of(run);
  ReportData data{.details = load_details(opened.history, std::move(run), std::move(steps))};
  data.files = read_report_files(opened, data.details);
  data.graph = drawing_of(data.details);
  data.texts = long_texts(opened.history, data.details);
  data.style = report_style();
  data.version = MLPIPE_VERSION;
  data.made = now();
  const auto& properties = data.details.run.properties;
  if (const auto diff = properties.find("mlpipe.git.diff"); diff != properties.end())
    if (const auto hash = parse_hash(diff->second)) data.git_diff = opened.history.text_of(*hash);
  return data;
}

/// False if it went into something that is no file, such as /dev/stdout.
bool write_page(const fs::path& file, const std::string& page) {
  const auto there = stat_file(file);
  if (there && there->kind == FileKind::folder)
    fail(ErrorKind::usage, "cannot write the report to '{}': it is a folder (name a file in it)",
         file.string());
  if (there && there->kind == FileKind::other) {  // a device or pipe is written, not replaced
    const Fd opened = open_file(file, O_WRONLY);
    write_all(opened.get(), page, file);
    return false;
  }
  const fs::path folder = fs::absolute(file).parent_path();
  if (!stat_file(folder))
    fail(ErrorKind::not_found,
         "cannot write the report to '{}': there is no folder '{}' (make it, or name another)",
         file.string(), folder.string());
  // Through a link: what it points to is replaced, not the link.
  write_file_atomically(there ? fs::canonical(file) : file, page);
  return true;
}

}  // namespace

int report_command(const Arguments& arguments) {
  const bool to_stdout = arguments.report_file == "-";
  if (to_stdout && arguments.json)
    fail(ErrorKind::usage,
         "-o - and --json cannot be used together, since both print to stdout: name a file for the "
         "report");
  OpenedHistory opened(arguments);
  const ReportData data = gather(opened, opened.find_run(arguments.run));
  const std::string page = report_page(data);
  if (to_stdout) {
    std::fwrite(page.data(), 1, page.size(), stdout);
    return 0;
  }
  const RunRecord& run = data.details.run;
  const fs::path file =
      arguments.report_file.empty() ? report_file_name(run) : arguments.report_file;
  const bool is_file = write_page(file, page);
  if (arguments.json)
    fmt::print("{}\n", json_document({{"run_id", run.id},
                                      {"file", fs::absolute(file).string()},
                                      {"bytes", page.size()}}));
  else if (is_file)
    fmt::print("report of run {}: {} ({})\n", run.id, file.string(), size_text(page.size()));
  return 0;
}

}  // namespace mlpipe
