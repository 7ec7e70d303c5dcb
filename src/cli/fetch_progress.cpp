#include "cli/fetch_progress.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>

#include "base/clock.h"
#include "base/text.h"

namespace mlpipe {

namespace {

constexpr std::chrono::milliseconds draw_fetch_every{100};

std::string speed_text(const FetchNews& news) {
  const auto milliseconds = std::max<std::int64_t>(1, news.elapsed.count());
  const double a_second =
      static_cast<double>(news.bytes) * 1000 / static_cast<double>(milliseconds);
  return size_text(static_cast<std::uint64_t>(a_second)) + "/s";
}

std::string outcome_text(const FetchNews& news) {
  if (!news.changed) return "";
  return *news.changed ? "; it has other contents than before" : "; it is as before";
}

}  // namespace

FetchProgress::~FetchProgress() { erase(); }

void FetchProgress::show(const FetchNews& news) {
  const auto url = printable(news.url);
  switch (news.kind) {
    case FetchNews::Kind::waiting:
      print(fmt::format("another mlpipe is fetching {}: waiting for it\n", url));
      break;
    case FetchNews::Kind::started:
      last_draw_ = -draw_fetch_every;
      print(fmt::format("fetching {}{}\n", url, news.why.empty() ? "" : " again: " + news.why));
      break;
    case FetchNews::Kind::progress:
      draw(news);
      break;
    case FetchNews::Kind::finished:
      print(fmt::format("fetched {}, {} in {} ({}){}\n", printable(news.file_name),
                        size_text(news.bytes), duration_text(news.elapsed), speed_text(news),
                        outcome_text(news)));
      break;
  }
}

void FetchProgress::print(const std::string& text) {
  erase();
  std::fputs(for_locale(text).c_str(), stderr);
}

void FetchProgress::draw(const FetchNews& news) {
  if (!terminal_.is_live() || news.elapsed - last_draw_ < draw_fetch_every) return;
  last_draw_ = news.elapsed;
  erase();
  std::string text = fmt::format("  {}  {}", printable(news.file_name), size_text(news.bytes));
  if (news.of_bytes && *news.of_bytes > 0)
    text += fmt::format(" of {}  {}%", size_text(*news.of_bytes),
                        std::min<std::uint64_t>(100, news.bytes * 100 / *news.of_bytes));
  text += "  " + speed_text(news);
  std::fputs(for_locale(cut_to(text, terminal_.width() - 1)).c_str(), stderr);
  std::fflush(stderr);
  drawn_ = true;
}

void FetchProgress::erase() {
  if (drawn_) std::fputs("\r\x1b[K", stderr);
  drawn_ = false;
}

}  // namespace mlpipe
