#include "remote/ssh_command.h"

#include <algorithm>
#include <cstdlib>

#include "base/file.h"
#include "base/process.h"
#include "support/catch.h"

namespace mlpipe {
namespace {

/// What a login shell makes of a remote command line, with this home directory.
ProcessResult in_login_shell(const std::string& command, const std::string& home,
                             const std::string& input = "") {
  return run_process({.argv = {"/bin/sh", "-c", command},
                      .work_directory = "/",
                      .environment = std::vector<std::string>{"PATH=/usr/bin:/bin", "HOME=" + home},
                      .stdin_text = input});
}

}  // namespace

TEST_CASE("a helper is pushed and started below any root", "[remote]") {
  const TemporaryFolder folder;
  for (const std::string name : {"plain", "with blanks", "it's", "$(touch hit)", "`touch hit`",
                                 "a\nline", "-dash", "\"", "\xff\xfe"}) {
    INFO(name);
    const auto home = folder.path() / name;
    make_folders(home);
    for (const auto& root : {std::string("~/.cache/mlpipe"), (home / "root").string()}) {
      const SshSettings settings{.target = "t", .host = "h", .root = root};
      const auto start = start_helper_command(settings, "0123", "abc");
      CHECK(in_login_shell(start, home).exit_code == helper_missing);
      const std::string script = "#!/bin/sh\nprintf '%s|%s' \"$1\" \"$2\"\n";
      CHECK(
          in_login_shell(push_helper_command(settings, "0123", script.size()), home, script).ok());
      const auto started = in_login_shell(start, home);
      CHECK(started.ok());
      const auto place = root.starts_with('~') ? home / ".cache/mlpipe" : home / "root";
      CHECK(started.out == "serve|" + (place / "workspaces/abc").string());
    }
  }
  CHECK_FALSE(std::filesystem::exists("/hit"));
}

TEST_CASE("a helper that came in part is not kept", "[remote]") {
  const TemporaryFolder folder;
  const SshSettings settings{.target = "t", .host = "h"};
  CHECK_FALSE(
      in_login_shell(push_helper_command(settings, "0123", 100), folder.path(), "less").ok());
  CHECK(in_login_shell(start_helper_command(settings, "0123", "abc"), folder.path()).exit_code ==
        helper_missing);
}

TEST_CASE("ssh is asked for nothing but a connection, and what the user set is kept", "[remote]") {
  const auto argv = ssh_command({.target = "t",
                                 .host = "gpu1",
                                 .user = "me",
                                 .port = 2200,
                                 .identity_file = "/k",
                                 .ssh_config = "/c"},
                                "true");
  const auto has = [&](const std::string& first, const std::string& second) {
    const auto found = std::adjacent_find(
        argv.begin(), argv.end(), [&](auto& a, auto& b) { return a == first && b == second; });
    return found != argv.end();
  };
  CHECK(has("-o", "BatchMode=yes"));
  CHECK(has("-o", "ForwardAgent=no"));
  CHECK(has("-o", "RemoteCommand=none"));  // else the user's tmux would be started
  CHECK(has("-o", "ClearAllForwardings=yes"));
  CHECK(has("-o", "ControlMaster=no"));
  CHECK(has("-p", "2200"));
  CHECK(has("-i", "/k"));
  CHECK(has("-F", "/c"));
  CHECK(has("-l", "me"));
  CHECK(has("--", "gpu1"));
  CHECK(argv.back() == "true");
}

TEST_CASE("no window asks for a password, unless the user has a program that answers", "[remote]") {
  const auto says = [](const std::string& variable) {
    const auto variables = ssh_environment();
    return std::find(variables.begin(), variables.end(), variable) != variables.end();
  };
  ::unsetenv("SSH_ASKPASS_REQUIRE");
  CHECK(says("SSH_ASKPASS_REQUIRE=never"));
  CHECK(says(std::string("PATH=") + std::getenv("PATH")));
  ::setenv("SSH_ASKPASS_REQUIRE", "force", 1);
  CHECK(says("SSH_ASKPASS_REQUIRE=force"));
  CHECK_FALSE(says("SSH_ASKPASS_REQUIRE=never"));
  ::unsetenv("SSH_ASKPASS_REQUIRE");
}

TEST_CASE("why a connection failed is told with what to do", "[remote]") {
  const SshSettings settings{.target = "box", .host = "gpu1", .user = "me"};
  const auto told = [&](const std::string& said) {
    return connection_problem(settings, 255, said);
  };
  CHECK(told("me@gpu1: Permission denied (publickey).\n") ==
        "compute target 'box' (me@gpu1): it refused the login (me@gpu1: Permission "
        "denied (publickey).): see that `ssh me@gpu1` works without asking anything: add your key "
        "to its ~/.ssh/authorized_keys, load it into ssh-agent, get a ticket with `kinit` if it "
        "takes Kerberos, or set `user:` and `identity_file:`");
  CHECK(told("x\nssh: connect to host gpu1 port 22: Connection refused\n") ==
        "compute target 'box' (me@gpu1): connection refused: nothing listens on port 22 of gpu1: "
        "see that sshd runs over there, and correct `port:`");
  CHECK(no_connection(settings, 255, "ssh: connect to host 10.0.0.7 port 2: Connection refused\r\n")
            .brief() == "connection refused: nothing listens on port 2 of 10.0.0.7");
  CHECK(told("nc: Connection refused\n").find("nothing listens there for ssh (nc: ") !=
        std::string::npos);
  // A bash tells more after what counts.
  CHECK(connection_problem(settings, 126,
                           "/bin/sh: line 1: /h: cannot execute binary file: Exec format error\n"
                           "/bin/sh: line 1: /h: Success\n")
            .find("(/bin/sh: line 1: /h: cannot execute binary file: Exec format error)") !=
        std::string::npos);
  // What a command over there says is not what ssh says.
  const auto told_there = [&](const std::string& said) {
    return connection_problem(settings, 1, said);
  };
  for (const auto* said : {"mkdir: cannot create directory '/proc/x': No such file or directory\n",
                           "/bin/sh: 1: cannot create /x/y: Permission denied\n",
                           "cannot make the folder '/x': Permission denied (check who owns it and "
                           "its permissions)\n"})
    CHECK(told_there(said).find("the folder of `root:` cannot be") != std::string::npos);
  for (const auto* said : {"/bin/sh: 1: wc: not found\n",
                           "/bin/sh: line 1: wc: command not found\n", "sh: wc: not found\n"})
    CHECK(told_there(said).find("it lacks the program 'wc'") != std::string::npos);
  CHECK(told_there("/bin/sh: 1: /x/helpers/0123: not found\n").find("lacks") == std::string::npos);
  CHECK(told_there("mkdir: cannot create directory '/x': No space left on device\n")
            .find("its disk is full") != std::string::npos);
  CHECK(told("Can't open user config file /c: Permission denied\n").find("`root:`") ==
        std::string::npos);
  // Quoted as a terminal shows it.
  CHECK(told("kex_exchange_identification: read: x\r\nwhat is new\r\n").find("\\x0d") ==
        std::string::npos);
  CHECK(told("").find("exit code 255") != std::string::npos);
  CHECK(told("something new\n").find("something new") != std::string::npos);
}

TEST_CASE("of a changed host key it is told what ssh says of it", "[remote]") {
  const SshSettings settings{.target = "box", .host = "gpu1", .ssh_config = "/my config"};
  const std::string changed =
      "@@@@@@@@@@@@@@@\r\n@    WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!     @\r\n"
      "Offending ECDSA key in /home/me/my hosts:12\r\n";
  const std::string end = "Host key verification failed.\r\n";
  const std::string remove =
      "  remove with:\r\n  ssh-keygen -f \"/home/me/my hosts\" -R \"[10.0.0.7]:2200\"\r\n";
  CHECK(connection_problem(settings, 255, changed + remove + end) ==
        "compute target 'box' (gpu1): its host key is another one than before "
        "(Offending ECDSA key in /home/me/my hosts:12): if the machine was set up anew, remove the "
        "old key with `ssh-keygen -f \"/home/me/my hosts\" -R \"[10.0.0.7]:2200\"`, and log in "
        "once by hand (`ssh -F '/my config' gpu1`); else somebody may be in between");
  CHECK(connection_problem(settings, 255, changed + end)
            .find("remove the old key, which is in /home/me/my hosts:12, and log in") !=
        std::string::npos);
}

TEST_CASE("a shell in a folder over there is got by what the target says", "[remote]") {
  CHECK(shell_there_command({.target = "t", .host = "gpu1"}, "/home/me/work/1a") ==
        "ssh -t gpu1 'cd /home/me/work/1a && exec $SHELL -l'");
  CHECK(shell_there_command({.target = "t",
                             .host = "gpu1",
                             .user = "me",
                             .port = 2200,
                             .identity_file = "/k",
                             .ssh_config = "/my config"},
                            "/it's/1a") ==
        "ssh -t -F '/my config' -p 2200 -i /k me@gpu1 "
        "'cd '\\''/it'\\''\\'\\'''\\''s/1a'\\'' && exec $SHELL -l'");
}

}  // namespace mlpipe
