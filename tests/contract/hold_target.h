#pragma once

#include <optional>

namespace mlpipe::test {

/// `hold-target FOLDER`: a driver to be killed by a test. Starts a LocalTarget with a job that
/// leaves processes of every kind, writes FOLDER/driver with its own and the supervisor's process
/// id, and waits for ever. The job writes FOLDER/job.
[[nodiscard]] std::optional<int> run_as_held_target(int argc, char** argv);

}  // namespace mlpipe::test
