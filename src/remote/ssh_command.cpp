#include "remote/ssh_command.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <utility>

#include "base/text.h"
#include "remote/protocol.h"

namespace mlpipe {

namespace {

/// Where everything of ours lies over there, as a word of a POSIX shell. "~" at its beginning is
/// the home directory; nothing else in it is special.
std::string root_word(const std::string& root) {
  if (root == "~") return "\"$HOME\"";
  if (root.starts_with("~/")) return "\"$HOME\"/" + shell_quoted(root.substr(2));
  return shell_quoted(root);
}

/// A login shell can be any: it is only asked to start a POSIX shell.
std::string in_posix_shell(const std::string& script) {
  return "exec /bin/sh -c " + shell_quoted(script);
}

std::string login_of(const SshSettings& settings) {
  return settings.user.empty() ? settings.host : settings.user + "@" + settings.host;
}

/// What leads ssh there, but for the login.
std::vector<std::string> way_options(const SshSettings& settings) {
  std::vector<std::string> words;
  const auto add = [&words](const char* option, std::string value) {
    words.emplace_back(option);
    words.push_back(std::move(value));
  };
  if (!settings.ssh_config.empty()) add("-F", settings.ssh_config.native());
  if (settings.port != 0) add("-p", std::to_string(settings.port));
  if (!settings.identity_file.empty()) add("-i", settings.identity_file.native());
  return words;
}

/// What a person types to log in the same way.
std::string ssh_by_hand(const SshSettings& settings, std::string_view option = "") {
  std::string command = settings.program;
  if (!option.empty()) command += fmt::format(" {}", option);
  for (const auto& word : way_options(settings)) command += " " + shell_quoted(word);
  return command + " " + shell_quoted(login_of(settings));
}

/// What ssh says, what it means, and what to do.
struct KnownProblem {
  std::string_view text;
  std::string_view meaning;
  std::string_view advice;
  bool is_of_commands = false;  ///< Of what was started over there: ssh itself went well.
};

constexpr std::string_view other_host_key = "REMOTE HOST IDENTIFICATION HAS CHANGED";
constexpr std::string_view unknown_host_key = "Host key verification failed";

constexpr std::string_view connection_refused = "Connection refused";

constexpr std::array known_problems = {
    KnownProblem{
        "No space left on device", "its disk is full",
        "make room below `root:`, or set another `root:`; what failed steps left lies in its "
        "workspaces/*/work"},
    KnownProblem{"Read-only file system", "the folder of `root:` cannot be written to",
                 "set `root:` to a folder on a disk that can"},
    KnownProblem{"cannot create directory", "the folder of `root:` cannot be made",
                 "set `root:` to a folder that you may write to", true},
    KnownProblem{"Permission denied", "the folder of `root:` cannot be used",
                 "set `root:` to a folder that you may write to", true},
    KnownProblem{unknown_host_key, "its host key is not known here",
                 "log in once by hand (`{ssh}`) and accept the key"},
    KnownProblem{"Permission denied (", "it refused the login",
                 "see that `{ssh}` works without asking anything: add your key to its "
                 "~/.ssh/authorized_keys, load it into ssh-agent, get a ticket with `kinit` if it "
                 "takes Kerberos, or set `user:` and `identity_file:`"},
    KnownProblem{"Too many authentication failures", "it refused the login after too many keys",
                 "name the right one with `identity_file:`"},
    KnownProblem{"Could not resolve hostname", "there is no machine of this name",
                 "correct `host:`, or add it to what ssh reads: ~/.ssh/config, or the file of "
                 "`ssh_config:`"},
    KnownProblem{connection_refused, "connection refused: nothing listens there for ssh",
                 "see that sshd runs over there, and correct `port:`"},
    KnownProblem{"timed out", "it does not answer",
                 "see that the machine is on and can be reached"},
    KnownProblem{"No route to host", "it cannot be reached",
                 "see that the machine is on and the network is up"},
    KnownProblem{"Network is unreachable", "the network is not reachable",
                 "see that the network is up"},
    KnownProblem{"Session open refused", "it takes no further session",
                 "raise MaxSessions of its sshd_config, or close other sessions"},
    KnownProblem{"Exec format error", "it is a machine of another kind than this one",
                 "build mlpipe_helper there and name it with `helper:`"}};

std::string_view line_at(std::string_view text, std::size_t at) {
  const auto end = text.find('\n', at);
  text = text.substr(0, end);
  return text.substr(text.rfind('\n') + 1);
}

/// The line of this text, or nothing.
std::string_view line_with(std::string_view said, std::string_view text) {
  const auto at = said.find(text);
  return at == std::string_view::npos ? std::string_view() : trim(line_at(said, at));
}

/// The program that a shell over there does not find, by the last line of what it said; "" if it is
/// something else. A path is a file that cannot be started.
std::string_view missing_program(std::string_view line) {
  for (const std::string_view end : {": command not found", ": not found"}) {
    if (!line.ends_with(end)) continue;
    line.remove_suffix(end.size());
    const auto name = line.substr(line.rfind(' ') + 1);
    return name.find('/') == std::string_view::npos ? name : std::string_view();
  }
  return {};
}

std::string filled_in(std::string_view advice, const SshSettings& settings) {
  std::string text(advice);
  for (const auto& [name, value] :
       {std::pair<std::string_view, std::string>{"{host}", settings.host},
        {"{ssh}", ssh_by_hand(settings)}})
    for (auto at = text.find(name); at != std::string::npos; at = text.find(name))
      text.replace(at, name.size(), value);
  return text;
}

/// Which machine, as whom, and by which way.
void add_login(const SshSettings& settings, std::vector<std::string>& argv) {
  for (auto& word : way_options(settings)) argv.push_back(std::move(word));
  if (!settings.user.empty()) {
    argv.emplace_back("-l");
    argv.push_back(settings.user);
  }
  argv.emplace_back("--");
  argv.push_back(settings.host);
}

}  // namespace

std::vector<std::string> ssh_command(const SshSettings& settings,
                                     const std::string& remote_command) {
  std::vector<std::string> argv{settings.program, "-T"};
  for (const char* option :
       {"BatchMode=yes", "ConnectTimeout=15", "ServerAliveInterval=5", "ServerAliveCountMax=4",
        "ForwardAgent=no", "ForwardX11=no", "ClearAllForwardings=yes", "PermitLocalCommand=no",
        "EscapeChar=none", "RemoteCommand=none",
        // Others could not go on over ours when the run ends, or would hold it up.
        "ControlMaster=no"}) {
    argv.emplace_back("-o");
    argv.emplace_back(option);
  }
  add_login(settings, argv);
  argv.push_back(remote_command);
  return argv;
}

std::vector<std::string> ssh_settings_command(const SshSettings& settings) {
  std::vector<std::string> argv{settings.program, "-G", "-T"};
  add_login(settings, argv);
  return argv;
}

std::string way_to(std::string_view said) {
  std::string way;
  for (const auto line : split(said, '\n'))
    for (const std::string_view key :
         {"hostname ", "port ", "user ", "proxyjump ", "proxycommand ", "hostkeyalias "})
      if (line.starts_with(key)) (way += line) += '\n';
  return way;
}

std::vector<std::string> ssh_environment() {
  std::vector<std::string> variables;
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry)
    variables.emplace_back(*entry);
  constexpr std::string_view who_asks = "SSH_ASKPASS_REQUIRE=";
  if (std::none_of(variables.begin(), variables.end(),
                   [&](const std::string& variable) { return variable.starts_with(who_asks); }))
    variables.push_back(std::string(who_asks) + "never");
  return variables;
}

std::string shell_there_command(const SshSettings& settings,
                                const std::filesystem::path& directory) {
  const auto script = fmt::format("cd {} && exec $SHELL -l", shell_quoted(directory.native()));
  return ssh_by_hand(settings, "-t") + " " + shell_quoted(script);
}

std::string start_helper_command(const SshSettings& settings, std::string_view helper_hash,
                                 std::string_view workspace) {
  return in_posix_shell(
      // What another user could have put there is not started.
      fmt::format("r={}; d=$r/helpers; h=$d/{}; [ -x \"$h\" ] || exit {}; "
                  "for f in \"$r\" \"$d\" \"$h\"; do [ -O \"$f\" ] || exit {}; done; "
                  "exec \"$h\" serve \"$r\"/workspaces/{}",
                  root_word(settings.root), helper_hash, helper_missing, root_of_others,
                  workspace));
}

std::string push_helper_command(const SshSettings& settings, std::string_view helper_hash,
                                std::size_t bytes) {
  // Made under another name and renamed: somebody else may be doing the same.
  return in_posix_shell(
      fmt::format("umask 077; r={}; d=$r/helpers; n=$d/{}; t=$n.$$; mkdir -p \"$d\" || exit; "
                  "cat >\"$t\" || {{ c=$?; rm -f \"$t\"; exit $c; }}; s=$(wc -c <\"$t\"); "
                  "if [ \"$((s))\" -eq {} ]; then chmod 700 \"$t\" && sync && mv \"$t\" \"$n\"; "
                  "else rm -f \"$t\"; exit {}; fi",
                  root_word(settings.root), helper_hash, bytes, helper_other_machine));
}

namespace {

/// What failed, and what to do.
struct Trouble {
  std::string what;
  std::string advice;
};

/// "ssh: connect to host 10.0.0.7 port 22: Connection refused" -> "port 22 of 10.0.0.7"
std::string refused_place(std::string_view line) {
  constexpr std::string_view before = "connect to host ";
  constexpr std::string_view between = " port ";
  const auto at = line.find(before);
  if (at == std::string_view::npos) return {};
  line.remove_prefix(at + before.size());
  const auto port = line.find(between);
  const auto end = line.find(':', port == std::string_view::npos ? 0 : port);
  if (port == std::string_view::npos || end == std::string_view::npos) return {};
  return fmt::format("port {} of {}",
                     printable(line.substr(port + between.size(), end - port - between.size())),
                     printable(line.substr(0, port)));
}

Trouble known_trouble(const SshSettings& settings, const KnownProblem& known,
                      std::string_view line) {
  auto advice = filled_in(known.advice, settings);
  if (known.text == connection_refused)
    if (const auto place = refused_place(line); !place.empty())
      return {fmt::format("connection refused: nothing listens on {}", place), std::move(advice)};
  return {fmt::format("{} ({})", known.meaning, printable(line)), std::move(advice)};
}

/// Which key of which file it is, ssh knows: the machine's name may be another one there than in
/// our settings, and the machine may be one on the way. Only Debian's says how it is removed.
Trouble changed_key(const SshSettings& settings, std::string_view said) {
  const auto offending = line_with(said, "Offending ");
  auto remove = std::string(line_with(said, "ssh-keygen -f "));
  if (!remove.empty())
    remove = fmt::format(" with `{}`", remove);
  else if (const auto place = offending.rfind(" in "); place != std::string_view::npos)
    remove =
        fmt::format(", which is in {}", offending.substr(place + std::string_view(" in ").size()));
  return {fmt::format("its host key is another one than before{}",
                      offending.empty() ? "" : fmt::format(" ({})", printable(offending))),
          fmt::format("if the machine was set up anew, remove the old key{}, and log in once by "
                      "hand (`{}`); else somebody may be in between",
                      printable(remove), printable(ssh_by_hand(settings)))};
}

Trouble trouble_of(const SshSettings& settings, int exit_code, std::string_view said) {
  const auto last_line = line_at(said, said.size());
  constexpr int of_ssh_itself = 255;
  if (exit_code == root_of_others)
    return {fmt::format("the folder of `root:` ({}), or what lies in it, belongs to another user",
                        printable(settings.root)),
            "set `root:` to a folder of your own"};
  if (const auto program = missing_program(last_line);
      exit_code != of_ssh_itself && !program.empty())
    return {fmt::format("it lacks the program '{}', which is needed to bring the helper there ({})",
                        printable(program), printable(last_line)),
            "install it, or see that PATH has its folder where commands come over ssh"};
  if (said.find(other_host_key) != std::string_view::npos) return changed_key(settings, said);
  for (const auto& known : known_problems) {
    if (known.is_of_commands && exit_code == of_ssh_itself) continue;
    const auto heard = known.is_of_commands ? last_line : said;
    if (const auto at = heard.rfind(known.text); at != std::string_view::npos)
      return known_trouble(settings, known, line_at(heard, at));
  }
  return {
      said.empty() ? fmt::format("ssh ended with exit code {}", exit_code) : printable(last_line),
      fmt::format("try `{} true` by hand", printable(ssh_by_hand(settings)))};
}

/// Which machine: its login, where the target is called otherwise.
std::string place_of(const SshSettings& settings) {
  const auto login = login_of(settings);
  return login == settings.target
             ? fmt::format("compute target '{}'", settings.target)
             : fmt::format("compute target '{}' ({})", settings.target, printable(login));
}

Trouble trouble_told(const SshSettings& settings, int exit_code, std::string_view ssh_stderr) {
  std::string lines(ssh_stderr);
  std::erase(lines, '\r');  // ssh ends lines as a terminal wants it
  return trouble_of(settings, exit_code, trim(lines));
}

}  // namespace

std::string connection_problem(const SshSettings& settings, int exit_code,
                               std::string_view ssh_stderr) {
  const auto trouble = trouble_told(settings, exit_code, ssh_stderr);
  return fmt::format("{}: {}: {}", place_of(settings), trouble.what, trouble.advice);
}

NoConnection no_connection(const SshSettings& settings, int exit_code,
                           std::string_view ssh_stderr) {
  const auto says = [ssh_stderr](std::string_view text) {
    return ssh_stderr.find(text) != std::string_view::npos;
  };
  // Where an answer is remembered, a key was known once.
  return {connection_problem(settings, exit_code, ssh_stderr),
          says(other_host_key) || says(unknown_host_key),
          trouble_told(settings, exit_code, ssh_stderr).what};
}

std::string advice_for_refusal(std::string_view message) {
  if (message.find("No space left on device") == std::string_view::npos) return {};
  return fmt::format(": {}", full_disk_advice);
}

}  // namespace mlpipe
