#include "cli/transfer_progress.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>

#include "base/clock.h"
#include "base/text.h"

namespace mlpipe {

namespace {

using namespace std::chrono_literals;

/// Where nothing is drawn.
constexpr auto first_line_after = 10s;
constexpr auto longest_between_lines = 5min;

std::string rate_text(const TransferNews& news) {
  const auto milliseconds = std::max<std::int64_t>(1, news.elapsed.count());
  const double a_second =
      static_cast<double>(news.bytes) * 1000 / static_cast<double>(milliseconds);
  return size_text(static_cast<std::uint64_t>(a_second)) + "/s";
}

std::string way_text(const TransferNews& news, std::string_view sent, std::string_view fetched) {
  return fmt::format("{} {} {} {}", news.comes_here ? fetched : sent, printable(news.what),
                     news.comes_here ? "from" : "to", printable(news.compute_target));
}

/// "sending table.csv to gpu-box: 12.0 MB of 1.2 GB (1%), 11.0 MB/s"
std::string going_on_text(const TransferNews& news) {
  const auto percent =
      news.of_bytes == 0 ? 100 : std::min<std::uint64_t>(100, news.bytes * 100 / news.of_bytes);
  return fmt::format("{}: {} of {} ({}%), {}", way_text(news, "sending", "fetching"),
                     size_text(news.bytes), size_text(news.of_bytes), percent, rate_text(news));
}

}  // namespace

std::string TransferProgress::take(const TransferNews& news, bool is_live) {
  if (news.has_ended) {
    going_on_.erase(news.number);
    if (!news.is_whole) return {};
    return fmt::format("{}: {} in {} ({})\n", way_text(news, "sent", "fetched"),
                       size_text(news.bytes), duration_text(news.elapsed), rate_text(news));
  }
  auto& going_on =
      going_on_.try_emplace(news.number, GoingOn{.next_line = first_line_after}).first->second;
  going_on.news = news;
  if (is_live || news.elapsed < going_on.next_line) return {};
  // Less and less often: a log of a day is to be read.
  going_on.next_line =
      news.elapsed + std::min<std::chrono::milliseconds>(news.elapsed, longest_between_lines);
  return going_on_text(news) + "\n";
}

std::vector<std::string> TransferProgress::lines() const {
  std::vector<std::string> lines;
  for (const auto& [number, going_on] : going_on_) lines.push_back(going_on_text(going_on.news));
  return lines;
}

std::chrono::milliseconds TransferProgress::to_go() const {
  std::chrono::milliseconds longest{0};
  for (const auto& [number, going_on] : going_on_) {
    const auto& news = going_on.news;
    if (news.bytes == 0 || news.bytes >= news.of_bytes) continue;
    const double share =
        static_cast<double>(news.of_bytes - news.bytes) / static_cast<double>(news.bytes);
    longest = std::max(longest, std::chrono::milliseconds(static_cast<std::int64_t>(
                                    static_cast<double>(news.elapsed.count()) * share)));
  }
  return longest;
}

TransferLine::~TransferLine() { erase(); }

void TransferLine::show(const TransferNews& news) {
  erase();
  const auto text = progress_.take(news, terminal_.is_live());
  if (!text.empty()) std::fputs(for_locale(text).c_str(), stderr);
  const auto lines = progress_.lines();
  if (!terminal_.is_live() || lines.empty()) return;
  std::fputs(for_locale(cut_to("  " + lines.front(), terminal_.width() - 1)).c_str(), stderr);
  std::fflush(stderr);
  drawn_ = true;
}

void TransferLine::erase() {
  if (drawn_) std::fputs("\r\x1b[K", stderr);
  drawn_ = false;
}

}  // namespace mlpipe
