#pragma once

#include <filesystem>
#include <string>

namespace mlpipe::test {

/// Shell text that leaves a process of every kind behind and writes the ids of all, with the
/// shell's own, into `file`, whole at once:
///  - a background child, and one that ignores TERM;
///  - a daemon that left session and group by setsid and lost its parent by a double fork;
///  - one that did the same with an empty environment.
inline std::string stray_script(const std::filesystem::path& file) {
  const std::string pids = "'" + file.string() + ".pids'";
  return "echo $$ > " + pids +
         "\n"
         "sleep 1000 & echo $! >> " +
         pids +
         "\n"
         "(trap '' TERM; echo $BASHPID >> " +
         pids +
         "; while :; do sleep 1000; done) &\n"
         "(setsid bash -c 'echo $$ >> \"$0\"; exec sleep 1000' " +
         pids +
         " &)\n"
         "(env -i setsid /bin/bash -c 'echo $$ >> \"$0\"; exec /bin/sleep 1000' " +
         pids +
         " &)\n"
         "until [ $(wc -l < " +
         pids + ") = 5 ]; do sleep 0.01; done\n" + "mv " + pids + " '" + file.string() + "'\n";
}

}  // namespace mlpipe::test
