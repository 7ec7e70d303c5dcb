#include "cli/crontab.h"

#include <cstdlib>

#include "base/background_process.h"
#include "base/error.h"
#include "base/process.h"
#include "base/text.h"

namespace mlpipe {

namespace {

/// By what its line is found again.
std::string mark_of(const std::filesystem::path& root) {
  return "# mlpipe schedules of " + root.native();
}

/// In a crontab a `%` ends the command.
std::string with_percents(const std::string& text) {
  std::string escaped;
  for (const char c : text) {
    if (c == '%') escaped += '\\';
    escaped += c;
  }
  return escaped;
}

ProcessResult crontab(std::vector<std::string> arguments, std::string text) {
  arguments.insert(arguments.begin(), "crontab");
  auto result = run_process({.argv = std::move(arguments), .stdin_text = std::move(text)});
  if (result.exit_code == 127)
    fail(ErrorKind::system,
         "there is no program 'crontab': install cron (on Debian `apt install cron`), or keep "
         "`mlpipe schedule daemon` running instead");
  return result;
}

}  // namespace

std::string crontab_line(const std::filesystem::path& root) {
  const char* const path = std::getenv("PATH");
  auto line = std::string("* * * * * ");
  if (path != nullptr) line += "PATH=" + shell_quoted(path) + " ";
  line += shell_quoted(own_program().native()) + " schedule tick -C " +
          shell_quoted(root.native()) + " --quiet";
  // Of `\\%` cron takes the first two for a pair, and ends the command at the third.
  if (line.find('\n') != std::string::npos || line.find("\\%") != std::string::npos)
    fail(ErrorKind::usage,
         "a crontab can hold no path with a line end or with \\% in it: '{}'; keep `mlpipe "
         "schedule daemon` running instead",
         printable(line));
  return with_percents(line) + " " + with_percents(mark_of(root));
}

std::string with_line(const std::string& table, const std::filesystem::path& root,
                      const std::string& line) {
  const auto mark = " " + with_percents(mark_of(root));
  std::string result;
  std::size_t begin = 0;
  while (begin < table.size()) {
    const auto end = std::min(table.find('\n', begin), table.size());
    const auto each = std::string_view(table).substr(begin, end - begin);
    if (!each.ends_with(mark)) {
      result += each;
      if (end < table.size() || !line.empty()) result += '\n';
    }
    begin = end + 1;
  }
  if (!line.empty()) result += line + "\n";
  return result;
}

bool has_line(const std::string& table, const std::filesystem::path& root) {
  return with_line(table, root, "") != table;
}

std::string read_crontab() {
  const auto result = crontab({"-l"}, "");
  if (result.ok()) return result.out;
  if (result.err.find("no crontab for") != std::string::npos) return {};
  fail(ErrorKind::system, "cannot read your crontab: `crontab -l` says: {}",
       printable(trim(result.err)));
}

void write_crontab(const std::string& table) {
  const auto result = table.empty() ? crontab({"-r"}, "") : crontab({"-"}, table);
  if (!result.ok())
    fail(ErrorKind::system, "cannot write your crontab: `crontab` says: {}",
         printable(trim(result.err)));
}

}  // namespace mlpipe
