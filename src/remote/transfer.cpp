#include "remote/transfer.h"

#include <atomic>
#include <utility>

#include "base/text.h"

namespace mlpipe {

namespace {

using namespace std::chrono_literals;

constexpr auto untold = 2s;
constexpr auto between_news = 250ms;

std::uint64_t next_transfer() {
  static std::atomic<std::uint64_t> last = 0;
  return ++last;
}

}  // namespace

TransferWatch::TransferWatch(const TransferTold& told, std::string compute_target, bool comes_here)
    : told_(told),
      news_{.compute_target = std::move(compute_target), .comes_here = comes_here},
      began_(Steady::now()) {}

TransferWatch::~TransferWatch() {
  const bool is_told = was_told_ || (news_.of_bytes > 0 && Steady::now() - began_ >= untold);
  if (!told_ || !is_told) return;
  news_.has_ended = true;
  try {
    tell(Steady::now());
  } catch (...) {  // NOLINT(bugprone-empty-catch): who is told may have no memory for it
  }
}

void TransferWatch::begin(const ObjectHead& head, const std::vector<std::uint32_t>& files) {
  if (!told_) return;
  news_.bytes = 0;
  news_.of_bytes = 0;
  for (const auto file : files)
    if (file < head.entries.size()) news_.of_bytes += head.entries[file].size;
  news_.what = files.size() == 1 && files.front() < head.entries.size()
                   ? head.entries[files.front()].path
                   : counted(files.size(), "file");
}

void TransferWatch::begin(const ObjectHead& head) {
  if (!told_) return;
  std::vector<std::uint32_t> files;
  for (std::size_t i = 0; i < head.entries.size(); ++i)
    if (head.entries[i].kind == FileKind::file) files.push_back(static_cast<std::uint32_t>(i));
  begin(head, files);
}

void TransferWatch::went(std::size_t bytes) {
  news_.bytes += bytes;
  if (!told_) return;
  const auto moment = Steady::now();
  if (moment - began_ >= untold && moment - told_at_ >= between_news) tell(moment);
}

void TransferWatch::tell(Steady::time_point moment) {
  if (!std::exchange(was_told_, true)) news_.number = next_transfer();
  told_at_ = moment;
  news_.elapsed = std::chrono::duration_cast<std::chrono::milliseconds>(moment - began_);
  told_(news_);
}

}  // namespace mlpipe
