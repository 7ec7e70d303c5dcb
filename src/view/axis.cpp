#include "view/axis.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace mlpipe {

namespace {

/// The smallest of 1, 2, 5 × 10ⁿ that is at least `least`.
double round_step(double least) {
  const double power = std::pow(10.0, std::floor(std::log10(least)));
  for (const double factor : {1.0, 2.0, 5.0})
    if (factor * power >= least * (1 - 1e-9)) return factor * power;
  return 10 * power;
}

/// Every multiple of `step` in low … high; the labels have the digits that tell neighbours apart.
std::vector<Tick> multiples(double low, double high, double step) {
  std::vector<Tick> ticks;
  const double slack = step * 1e-6;
  const double first = std::ceil((low - slack) / step);
  const double last = std::floor((high + slack) / step);
  const double greatest = std::max(std::abs(low), std::abs(high));
  const int digits = static_cast<int>(
      std::clamp(std::ceil(std::log10(std::max(greatest / step, 1.0))) + 1, 1.0, 15.0));
  for (double i = first; i <= last && ticks.size() < 100; ++i) {
    const double value = i == 0 ? 0 : i * step;
    ticks.push_back({std::clamp(value, low, high), fmt::format("{:.{}g}", value, digits)});
  }
  return ticks;
}

std::string seconds_label(double seconds, double step) {
  if (seconds == 0) return "0";
  if (step < 1e-3) return fmt::format("{:.0f} µs", seconds * 1e6);
  if (step < 1)
    return seconds < 1 ? fmt::format("{:.0f} ms", seconds * 1e3) : fmt::format("{:.6g} s", seconds);
  const auto whole = std::llround(seconds);
  if (step < 60 && whole < 60) return fmt::format("{} s", whole);
  if (step < 60) return fmt::format("{}:{:02} min", whole / 60, whole % 60);
  if (step < 3600 && whole < 3600) return fmt::format("{} min", whole / 60);
  if (step < 3600) return fmt::format("{}:{:02} h", whole / 3600, whole % 3600 / 60);
  if (step < 86400) return fmt::format("{} h", whole / 3600);
  return fmt::format("{} d", whole / 86400);
}

}  // namespace

Axis value_axis(double least, double greatest, std::size_t most) {
  if (least > greatest) std::swap(least, greatest);
  // A plot needs a height even where all values are the same, or are too large to subtract.
  const double size = std::max(std::abs(least), std::abs(greatest));
  constexpr double smallest = 1e-290;
  if (greatest - least < size * 1e-12 || greatest - least < smallest) {
    const double half = size < smallest ? 1 : size * 0.1;
    least -= half;
    greatest += half;
  }
  constexpr double largest = 1e300;
  least = std::clamp(least, -largest, largest);
  greatest = std::clamp(greatest, -largest, largest);
  // Widened ends add up to two ticks: so larger steps until they fit.
  const auto intervals = static_cast<double>(std::max<std::size_t>(most, 3) - 1);
  double step = round_step(std::max((greatest - least) / intervals, 1e-300));
  for (;;) {
    const double low = std::floor(least / step + 1e-9) * step;
    const double high = std::ceil(greatest / step - 1e-9) * step;
    if (std::llround((high - low) / step) <= std::llround(intervals))
      return {low, high, multiples(low, high, step)};
    step = round_step(step * 1.5);
  }
}

Axis count_axis(double least, double greatest, std::size_t most) {
  // Numbers so large that a step from one to the next is lost in their digits count as one.
  const double size = std::max(std::abs(least), std::abs(greatest));
  if (greatest - least <= size * 1e-12) {
    const double half = std::max(1.0, size * 1e-9);
    return {least - half, least + half, {{least, number_text(least)}}};
  }
  const auto intervals = static_cast<double>(std::max<std::size_t>(most, 2) - 1);
  const double step = std::max(1.0, round_step((greatest - least) / intervals));
  return {least, greatest, multiples(least, greatest, step)};
}

Axis time_axis(Duration length, std::size_t most) {
  static constexpr std::array steps = {1.0,    2.0,    5.0,    10.0,   15.0,   30.0,
                                       60.0,   120.0,  300.0,  600.0,  900.0,  1800.0,
                                       3600.0, 7200.0, 10800., 21600., 43200., 86400.};
  const double high = std::max(static_cast<double>(length.count()) / 1e6, 1e-6);
  const double least = high / static_cast<double>(std::max<std::size_t>(most, 2) - 1);
  double step = 0;
  if (least < 1) {
    step = round_step(least);
  } else if (least <= steps.back()) {
    step = *std::find_if(steps.begin(), steps.end(), [least](double s) { return s >= least; });
  } else {
    step = 86400 * round_step(least / 86400);
  }
  Axis axis{0, high, multiples(0, high, step)};
  for (auto& tick : axis.ticks) tick.label = seconds_label(tick.value, step);
  return axis;
}

std::string number_text(double value) {
  if (std::isnan(value)) return "nan";
  if (std::isinf(value)) return value < 0 ? "-inf" : "inf";
  return fmt::format("{:.6g}", value);
}

}  // namespace mlpipe
