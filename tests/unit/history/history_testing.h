#pragma once

#include <string>
#include <utility>

#include "base/file.h"
#include "history/history.h"

namespace mlpipe {

/// A history file in a folder of its own, and short ways to fill it.
struct Records {
  TemporaryFolder folder;
  std::filesystem::path file = folder.path() / "mlpipe.db";
  History history{file, Database::Mode::read_write};

  RunRecord run(const std::string& pipeline = "p") {
    RunRecord record{.pipeline = pipeline, .experiment = "e", .started = from_micros(1)};
    history.begin_run(record);
    return record;
  }

  StepRunRecord step(const RunRecord& in, const std::string& name,
                     Status status = Status::completed) {
    StepRunRecord record{.run = in.key, .step = name, .status = status};
    history.add_step(record);
    return record;
  }

  ResultRecord result(const StepRunRecord& producer, const std::string& work, bool offered = true) {
    ResultRecord record{.fingerprint = hash_bytes(work),
                        .manifest = work,
                        .producer = producer.key,
                        .offered = offered};
    history.add_result(record);
    return record;
  }
};

}  // namespace mlpipe
