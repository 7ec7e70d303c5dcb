// What a step wrote to $MLPIPE_METRICS, and its plots.
#include <nlohmann/json.hpp>

#include "base/text.h"
#include "engine/collect_step.h"
#include "fuzz/fuzz_target.h"
#include "view/line_plot.h"
#include "view/metric_series.h"
#include "view/plot_text.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace mlpipe;
  using namespace mlpipe::fuzz;
  static const ScratchFile file("metrics");
  file.write(text_of(data, size));
  std::vector<std::string> warnings;
  std::vector<StepDetails> steps(1);
  steps[0].record.step = "train";
  steps[0].metrics = read_metrics(file.path(), warnings);
  for (const auto& warning : warnings) require_good_message(warning, "", "");
  for (const auto& metric : steps[0].metrics) {
    const auto value = nlohmann::json::parse(metric.value, nullptr, false);
    require(!value.is_discarded(), "a metric's value is JSON", metric.value);
    require(is_utf8(metric.name) && is_utf8(metric.value), "a metric is UTF-8");
    (void)iso_utc(metric.time);
    (void)value_text(metric.value);
  }
  require(summarize(steps[0].metrics).size() <= steps[0].metrics.size(), "one summary a name");
  for (const auto& plot : metric_plots(steps)) {
    require_balanced(plot_svg(plot).html(), false);
    for (const auto glyphs : {Glyphs::ascii, Glyphs::unicode}) {
      const auto text = plot_text(plot, {.columns = 60, .rows = 6}, glyphs);
      require(text.empty() || text.ends_with('\n'), "a plot's lines end");
    }
  }
  return 0;
}
