#include "cli/run_stats.h"

#include <fmt/format.h>

#include <array>
#include <utility>

#include "base/clock.h"

namespace mlpipe {

std::string stats_text(const MeasuredRun& run) {
  const auto& stats = run.stats;
  const std::array parts = {std::pair{"start", run.start},
                            std::pair{"comparing", stats.comparing},
                            std::pair{"reading", stats.reading},
                            std::pair{"fetching", stats.fetching},
                            std::pair{"planning", stats.planning},
                            std::pair{"executing", stats.executing},
                            std::pair{"git and recording", stats.git},
                            std::pair{"closing", run.closing}};
  Duration all{};
  for (const auto& [name, took] : parts) all += took;
  std::string text = fmt::format("time of this run: {}\n", duration_text(all));
  for (const auto& [name, took] : parts)
    text += fmt::format("  {:<22}{:>9}\n", name, duration_text(took));
  text += "meanwhile, on all threads of mlpipe together:\n";
  for (std::size_t i = 0; i < kinds_of_work; ++i)
    text += fmt::format("  {:<22}{:>9}\n", to_text(static_cast<Work>(i)),
                        duration_text(std::chrono::duration_cast<Duration>(run.work.sums.at(i))));
  return text;
}

}  // namespace mlpipe
