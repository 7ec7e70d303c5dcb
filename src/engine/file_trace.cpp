// strace's lines:
//   PID name(argument, …) = RESULT
//   PID name(argument, … <unfinished ...>        and later, by the same PID,
//   PID <... name resumed>rest) = RESULT
// Arguments: "text" with C's escapes, numbers, FLAG|FLAG, a descriptor with its path as 3</a/b>
// or AT_FDCWD</a/b> ('<' and '>' inside are escaped), {…} and […]. RESULT: a number, 3</a/b>, or
// -1 ENOENT (No such file or directory).
#include "engine/file_trace.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <utility>
#include <vector>

#include "base/text.h"

namespace mlpipe {

namespace fs = std::filesystem;

namespace {

using How = FileAccess::How;

/// What a system call does with its paths.
enum class Does : std::uint8_t { looks, opens, executes, makes, chdir, fchdir, forks };

struct KnownCall {
  std::string_view name;
  Does does = Does::looks;
  int folder = -1;  ///< The argument that is a folder's descriptor; -1: none.
  int path = 0;     ///< The argument that is the path.
  int flags = -1;
};

constexpr std::array known_calls = {
    KnownCall{"open", Does::opens, -1, 0, 1},
    KnownCall{"openat", Does::opens, 0, 1, 2},
    KnownCall{"openat2", Does::opens, 0, 1, 2},
    KnownCall{"creat", Does::makes},
    KnownCall{"stat"},
    KnownCall{"lstat"},
    KnownCall{"newfstatat", Does::looks, 0, 1},
    KnownCall{"statx", Does::looks, 0, 1},
    KnownCall{"access"},
    KnownCall{"faccessat", Does::looks, 0, 1},
    KnownCall{"faccessat2", Does::looks, 0, 1},
    KnownCall{"readlink"},
    KnownCall{"readlinkat", Does::looks, 0, 1},
    KnownCall{"execve", Does::executes},
    KnownCall{"execveat", Does::executes, 0, 1},
    KnownCall{"mkdir", Does::makes},
    KnownCall{"mkdirat", Does::makes, 0, 1},
    KnownCall{"mknod", Does::makes},
    KnownCall{"mknodat", Does::makes, 0, 1},
    KnownCall{"truncate", Does::makes},
    KnownCall{"symlink", Does::makes, -1, 1},
    KnownCall{"symlinkat", Does::makes, 1, 2},
    KnownCall{"link", Does::makes, -1, 1},
    KnownCall{"linkat", Does::makes, 2, 3},
    KnownCall{"rename", Does::makes, -1, 1},
    KnownCall{"renameat", Does::makes, 2, 3},
    KnownCall{"renameat2", Does::makes, 2, 3},
    KnownCall{"chdir", Does::chdir},
    KnownCall{"fchdir", Does::fchdir},
    KnownCall{"clone", Does::forks},
    KnownCall{"clone3", Does::forks},
    KnownCall{"fork", Does::forks},
    KnownCall{"vfork", Does::forks},
};

const KnownCall* find_call(std::string_view name) {
  const auto* const found =
      std::find_if(known_calls.begin(), known_calls.end(),
                   [name](const KnownCall& call) { return call.name == name; });
  return found == known_calls.end() ? nullptr : found;
}

/// The position behind the text in quotes that begins at `at`.
std::size_t behind_quotes(std::string_view text, std::size_t at) {
  for (++at; at < text.size() && text[at] != '"'; ++at)
    if (text[at] == '\\') ++at;
  return std::min(at + 1, text.size());
}

/// Cut at the commas outside of quotes and brackets, up to the ')' that closes the call; `rest` is
/// what stands behind it.
std::vector<std::string_view> arguments_of(std::string_view text, std::string_view& rest) {
  std::vector<std::string_view> arguments;
  std::size_t begin = 0;
  int depth = 0;
  for (std::size_t at = 0; at < text.size();) {
    const char c = text[at];
    if (c == '"') {
      at = behind_quotes(text, at);
      continue;
    }
    if (c == '{' || c == '[' || c == '(') ++depth;
    if (c == '}' || c == ']') --depth;
    if (c == '<') at = std::min(text.find('>', at), text.size() - 1);
    if (c == ')' && depth-- == 0) {
      arguments.push_back(trim(text.substr(begin, at - begin)));
      rest = text.substr(at + 1);
      return arguments;
    }
    if (c == ',' && depth == 0) {
      arguments.push_back(trim(text.substr(begin, at - begin)));
      begin = at + 1;
    }
    ++at;
  }
  rest = {};
  return arguments;
}

/// "/a/b" of AT_FDCWD</a/b>, 3</a/b> and 3</a/b (deleted)>; "" if there is none, as with
/// 3<pipe:[7]>.
std::string descriptor_path(std::string_view text) {
  const auto open = text.find('<');
  const auto close = text.rfind('>');
  if (open == std::string_view::npos || close == std::string_view::npos || close < open) return {};
  const auto path = unescaped(text.substr(open + 1, close - open - 1));
  return path.starts_with('/') ? path : "";
}

template <class Number>
std::optional<Number> leading_number(std::string_view text) {
  Number number{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc{} ? std::optional(number) : std::nullopt;
}

bool has_flag(std::string_view flags, std::string_view flag) {
  return flags.find(flag) != std::string_view::npos;
}

}  // namespace

/// A system call that has ended.
struct TraceReader::Call {
  const KnownCall* known = nullptr;
  std::vector<std::string_view> arguments;
  std::string_view result;
  std::int64_t value = -1;

  [[nodiscard]] std::string_view argument(int index) const {
    return index < 0 || static_cast<std::size_t>(index) >= arguments.size()
               ? std::string_view()
               : arguments[static_cast<std::size_t>(index)];
  }
  [[nodiscard]] bool succeeded() const { return value >= 0; }
};

TraceReader::TraceReader(fs::path work_directory) : start_(std::move(work_directory)) {}

void TraceReader::add(std::string_view line) {
  const auto process = leading_number<Process>(line);
  if (!process) return;
  auto text = line.substr(std::min(line.find_first_not_of("0123456789"), line.size()));
  text = trim(text);
  constexpr std::string_view unfinished = "<unfinished ...>";
  if (text.ends_with(unfinished)) {
    text.remove_suffix(unfinished.size());
    const auto* const call = find_call(text.substr(0, text.find('(')));
    if (call != nullptr && call->does == Does::forks) forking_ = *process;
    unfinished_[*process] = text;
    return;
  }
  constexpr std::string_view resumed = " resumed>";
  if (text.starts_with("<... ")) {
    const auto end = text.find(resumed);
    const auto begun = unfinished_.extract(*process);
    if (begun.empty() || end == std::string_view::npos) return;
    const std::string whole = begun.mapped() + std::string(text.substr(end + resumed.size()));
    add_call(*process, whole);
    return;
  }
  add_call(*process, text);
}

void TraceReader::add_call(Process process, std::string_view text) {
  const auto open_bracket = text.find('(');
  if (open_bracket == std::string_view::npos) return;
  Call call;
  call.known = find_call(text.substr(0, open_bracket));
  if (call.known == nullptr) return;
  std::string_view rest;
  call.arguments = arguments_of(text.substr(open_bracket + 1), rest);
  const auto equals = rest.find("= ");
  if (equals == std::string_view::npos) return;
  call.result = trim(rest.substr(equals + 2));
  call.value = leading_number<std::int64_t>(call.result).value_or(-1);
  switch (call.known->does) {
    case Does::forks:
      if (call.succeeded()) folders_.try_emplace(call.value, folder_of(process));
      return;
    case Does::chdir:
    case Does::fchdir:
      change_folder(process, call);
      return;
    default:
      break;
  }
  const auto written = call.argument(call.known->path);
  if (!written.starts_with('"')) return;  // NULL
  const auto path = place(process, call.argument(call.known->folder), written);
  if (call.known->does == Does::opens)
    open(path, call);
  else if (call.known->does == Does::makes)
    call.succeeded() ? made(path) : note(path, {});
  else
    note(path, {.how = call.known->does == Does::executes ? How::executed : How::looked_at,
                .found = call.succeeded(),
                .real = {}});
}

void TraceReader::change_folder(Process process, const Call& call) {
  if (!call.succeeded()) return;
  if (call.known->does == Does::fchdir) {
    if (auto path = descriptor_path(call.argument(0)); !path.empty()) folder_of(process) = path;
    return;
  }
  const auto written = call.argument(0);
  if (written.starts_with('"')) folder_of(process) = place(process, "", written);
}

void TraceReader::open(const fs::path& path, const Call& call) {
  const auto flags = call.argument(call.known->flags);
  const bool for_writing = has_flag(flags, "O_WRONLY") || has_flag(flags, "O_TRUNC");
  const bool creates = has_flag(flags, "O_CREAT") || has_flag(flags, "O_TMPFILE");
  if (call.succeeded()) {
    const auto seen = accesses_.find(path);
    const bool was_absent = seen != accesses_.end() && !seen->second.found;
    if (for_writing || (creates && (has_flag(flags, "O_EXCL") || was_absent))) {
      made(path);
      return;
    }
  } else if (for_writing || creates) {
    return;
  }
  const How how = has_flag(flags, "O_PATH")        ? How::looked_at
                  : has_flag(flags, "O_DIRECTORY") ? How::listed
                                                   : How::read;
  note(path, {.how = how, .found = call.succeeded(), .real = descriptor_path(call.result)});
}

void TraceReader::note(const fs::path& path, FileAccess access) {
  if (is_own(path)) return;
  const auto [known, is_new] = accesses_.emplace(path, access);
  if (is_new) return;
  auto& all = known->second;
  // What was only tried counts less than what was done.
  if (access.found && !all.found)
    all.how = access.how;
  else if (access.found == all.found)
    all.how = std::max(all.how, access.how);
  all.found = all.found || access.found;
  if (!access.real.empty()) all.real = std::move(access.real);
}

void TraceReader::made(const fs::path& path) { made_.insert(path.native()); }

bool TraceReader::is_own(const fs::path& path) const {
  if (made_.empty()) return false;
  for (auto at = path; at.has_relative_path(); at = at.parent_path())
    if (made_.contains(at.native())) return true;
  return false;
}

fs::path& TraceReader::folder_of(Process process) {
  const auto found = folders_.find(process);
  if (found != folders_.end()) return found->second;
  // The first line of a new process may come before its maker's call has ended.
  const auto maker = folders_.find(forking_);
  const fs::path start = maker == folders_.end() ? start_ : maker->second;
  return folders_.emplace(process, start).first->second;
}

fs::path TraceReader::place(Process process, std::string_view folder, std::string_view path) {
  const auto at = descriptor_path(folder);
  if (folder.starts_with("AT_FDCWD") && !at.empty()) folder_of(process) = at;
  const fs::path below = at.empty() ? folder_of(process) : fs::path(at);
  auto whole = (below / unescaped(path)).lexically_normal();
  if (!whole.has_filename()) whole = whole.parent_path();
  return whole;
}

std::string traced_calls() {
  std::string names;
  for (const auto& call : known_calls) {
    // '?': the system call need not exist on this kind of machine.
    if (!names.empty()) names += ",";
    names += "?";
    names += call.name;
  }
  return names;
}

namespace {

/// The number that an escape such as \303 or \x1f writes, from `at` on, which is moved behind it.
char escaped_number(std::string_view text, std::size_t& at) {
  const bool hex = text[at] == 'x';
  if (hex) ++at;
  const std::size_t longest = hex ? 2 : 3;
  unsigned value = 0;
  const auto* const begin = text.data() + at;
  const auto* const end = text.data() + std::min(text.size(), at + longest);
  const auto parsed = std::from_chars(begin, end, value, hex ? 16 : 8);
  at += static_cast<std::size_t>(parsed.ptr - begin);
  return static_cast<char>(value);
}

}  // namespace

std::string unescaped(std::string_view text) {
  if (text.size() >= 2 && text.front() == '"') {
    text.remove_prefix(1);
    text = text.substr(0, text.rfind('"'));
  }
  std::string plain;
  constexpr std::string_view letters = "abfnrtv";
  constexpr std::string_view meanings = "\a\b\f\n\r\t\v";
  for (std::size_t at = 0; at < text.size();) {
    if (text[at] != '\\' || at + 1 == text.size()) {
      plain += text[at++];
      continue;
    }
    const char c = text[++at];
    if ((c >= '0' && c <= '7') || c == 'x') {
      plain += escaped_number(text, at);
      continue;
    }
    const auto letter = letters.find(c);
    plain += letter == std::string_view::npos ? c : meanings[letter];
    ++at;
  }
  return plain;
}

}  // namespace mlpipe
