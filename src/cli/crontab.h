#pragma once

#include <filesystem>
#include <string>

namespace mlpipe {

/// The line of the user's crontab that ticks the schedules of the workspace at `root` every minute,
/// with this program and today's PATH, since cron's own is short and the interpreter counts for
/// reuse. Throws Error(usage) for a path that no crontab can hold.
[[nodiscard]] std::string crontab_line(const std::filesystem::path& root);

/// `table` without the line of this workspace, and with `line` at its end if that is not empty;
/// everything else stays as it is.
[[nodiscard]] std::string with_line(const std::string& table, const std::filesystem::path& root,
                                    const std::string& line);

/// Whether the line of this workspace is in `table`.
[[nodiscard]] bool has_line(const std::string& table, const std::filesystem::path& root);

/// The user's crontab, by the program `crontab`; "" if there is none. Throws Error(system) that
/// says what to do if there is no such program, or it refuses.
[[nodiscard]] std::string read_crontab();
/// Throws likewise.
void write_crontab(const std::string& table);

}  // namespace mlpipe
