#pragma once

#include <chrono>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "remote/no_connection.h"

namespace mlpipe {

/// How to get to a machine. What is empty or 0 is left to the user's own ssh and its settings.
struct SshSettings {
  std::string target;  ///< What the compute target is called, for messages.
  std::string host;    ///< A name that ssh knows: of ~/.ssh/config, or of the network.
  std::string user;
  int port = 0;
  std::filesystem::path identity_file;
  std::filesystem::path ssh_config;
  std::string root = "~/.cache/mlpipe";  ///< Over there; "~" is the home directory.
  std::string program = "ssh";
  /// A helper that says nothing for so long, though it is asked, is given up.
  std::chrono::milliseconds longest_silence{std::chrono::minutes(2)};
};

/// The command line that runs `remote_command` over there: without a question, without forwarding,
/// and noticing within half a minute that the connection is gone.
[[nodiscard]] std::vector<std::string> ssh_command(const SshSettings& settings,
                                                   const std::string& remote_command);

/// The command line by which ssh says what it would do (ssh_config(5) and all), and what of that
/// says which machine it leads to: its name, port, user and the way there. Without a connection.
[[nodiscard]] std::vector<std::string> ssh_settings_command(const SshSettings& settings);
[[nodiscard]] std::string way_to(std::string_view said);

/// The variables of that command line, "NAME=value" each: this process's own, and that no window
/// asks for anything, since BatchMode does not reach the ssh that goes to a jump host. Who sets
/// SSH_ASKPASS_REQUIRE has a program that answers by itself.
[[nodiscard]] std::vector<std::string> ssh_environment();

/// What a person types to get a shell in this folder over there.
[[nodiscard]] std::string shell_there_command(const SshSettings& settings,
                                              const std::filesystem::path& directory);

/// For any login shell: start the helper of this hash for a workspace, or end with
/// `helper_missing` if it is not there.
[[nodiscard]] std::string start_helper_command(const SshSettings& settings,
                                               std::string_view helper_hash,
                                               std::string_view workspace);
inline constexpr int helper_missing = 97;
inline constexpr int helper_other_machine = 98;
inline constexpr int root_of_others = 99;

/// For any login shell: take so many bytes from stdin as the helper of this hash.
[[nodiscard]] std::string push_helper_command(const SshSettings& settings,
                                              std::string_view helper_hash, std::size_t bytes);

/// Why a connection failed, and what to do, from what ssh said on stderr and its exit code.
[[nodiscard]] std::string connection_problem(const SshSettings& settings, int exit_code,
                                             std::string_view ssh_stderr);
/// The same, to be thrown.
[[nodiscard]] NoConnection no_connection(const SshSettings& settings, int exit_code,
                                         std::string_view ssh_stderr);

/// What to add to what a helper says it could not do: what its machine does not know to advise.
[[nodiscard]] std::string advice_for_refusal(std::string_view message);

}  // namespace mlpipe
