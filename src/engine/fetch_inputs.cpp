#include "engine/fetch_inputs.h"

#include <atomic>
#include <map>
#include <thread>

#include "base/error.h"
#include "base/http_fetch.h"
#include "base/signals.h"
#include "base/url.h"
#include "engine/start_gate.h"
#include "engine/state_directory.h"
#include "history/history.h"
#include "spec/read_source.h"
#include "store/object_store.h"

namespace mlpipe {

namespace fs = std::filesystem;

namespace {

/// All inputs of one address.
struct WantedUrl {
  std::string url;  ///< As written: with its secrets.
  SpecLocation location;
  std::vector<Shared<PathSource>*> sources;
  bool damaged = false;  ///< Known, and its object was found to be damaged just now.
};

/// By the address without secrets.
using WantedUrls = std::map<std::string, WantedUrl>;

WantedUrls wanted_urls(Pipeline& pipeline, const std::vector<StepRule>& rules) {
  WantedUrls wanted;
  for (std::size_t i = 0; i < pipeline.steps.size(); ++i) {
    if (!rules.at(i).selected) continue;
    for (auto& input : pipeline.steps[i].inputs) {
      auto* source = std::get_if<Shared<PathSource>>(&input.source);
      if (source == nullptr || (*source)->url.empty()) continue;
      auto& one = wanted[url_without_secrets((*source)->url)];
      if (one.sources.empty()) {
        one.url = (*source)->url;
        one.location = input.location;
      }
      one.sources.push_back(source);
    }
  }
  return wanted;
}

void give_path(const WantedUrl& wanted, const Download& download, const ObjectStore& store) {
  for (auto* source : wanted.sources)
    source->edit().path = store.content_folder(download.object) / download.file_name;
}

/// Take what is known and whole out of `wanted`. `state` exists.
void take_known(WantedUrls& wanted, const StateDirectory& state, bool records_use) {
  History history(state.database(),
                  records_use ? Database::Mode::read_write : Database::Mode::read_only);
  ObjectStore store(state.objects(), state.scratch());
  std::vector<std::string> used;
  for (auto each = wanted.begin(); each != wanted.end();) {
    const auto known = history.find_download(each->first);
    const auto state = known ? store.check(known->object) : ObjectState::missing;
    if (state != ObjectState::intact) {
      each->second.damaged = state == ObjectState::damaged;
      ++each;
      continue;
    }
    give_path(each->second, *known, store);
    used.push_back(each->first);
    each = wanted.erase(each);
  }
  if (!records_use || used.empty()) return;
  history.begin_batch();
  for (const auto& url : used) history.use_download(url, now());
  history.commit_batch();
}

/// Fetches into the store of a workspace.
class InputFetcher {
 public:
  InputFetcher(const StateDirectory& state, const FetchSettings& settings, std::int64_t begun_ns)
      : state_(state),
        settings_(settings),
        history_(state.database(), Database::Mode::read_write),
        store_(state.objects(), state.scratch(), begun_ns),
        locks_(state.fetch_locks()),
        signals_([this](int signal) { signal_ = signal; }) {}

  /// False if it was cancelled.
  bool fetch(const std::string& url, const WantedUrl& wanted) {
    const auto lock = work_lock_offset(hash_bytes(url));
    bool waited = false;
    while (!locks_.try_lock(lock)) {
      if (signal_ != 0) return false;
      if (!std::exchange(waited, true)) tell({.kind = FetchNews::Kind::waiting}, url);
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
    // Another one may have fetched it since it was looked for.
    const auto before = history_.find_download(url);
    auto state = before ? store_.check(before->object) : ObjectState::missing;
    if (state == ObjectState::missing && wanted.damaged) state = ObjectState::damaged;
    if (before && state == ObjectState::intact && (!settings_.refetch || waited)) {
      give_path(wanted, *before, store_);
      if (settings_.records_use) history_.use_download(url, now());
    } else {
      const auto fetched = fetch_anew(url, wanted, before, state);
      if (fetched) give_path(wanted, *fetched, store_);
    }
    locks_.unlock(lock);
    return signal_ == 0;
  }

  [[nodiscard]] int signal() const { return signal_; }

 private:
  std::optional<Download> fetch_anew(const std::string& url, const WantedUrl& wanted,
                                     const std::optional<Download>& before, ObjectState state) {
    const auto started = std::chrono::steady_clock::now();
    const auto elapsed = [started] {
      return std::chrono::duration_cast<std::chrono::milliseconds>(
          std::chrono::steady_clock::now() - started);
    };
    std::string why;
    if (before && state == ObjectState::missing) why = "its copy in the store is lost";
    if (before && state == ObjectState::damaged) why = "its copy in the store was damaged";
    if (before && state == ObjectState::intact) why = "it was asked for (--refetch)";
    tell({.kind = FetchNews::Kind::started, .why = why}, url);
    const TemporaryFolder folder(state_.scratch());
    const fs::path file = folder.path() / url_file_name(url);
    const auto fetched = transfer(url, wanted, file, elapsed);
    if (!fetched) return std::nullopt;
    const StoredObject object = store_.add_output(file);
    store_.flush();
    const Download download{.url = url,
                            .object = object.id,
                            .content_hash = object.content_hash,
                            .file_name = object.file_name,
                            .bytes = object.bytes,
                            .etag = fetched->etag,
                            .last_modified = fetched->last_modified,
                            .fetched = now(),
                            .last_used = now()};
    history_.save_download(download);
    FetchNews end{.kind = FetchNews::Kind::finished,
                  .bytes = object.bytes,
                  .of_bytes = object.bytes,
                  .elapsed = elapsed()};
    if (before) end.changed = before->content_hash != object.content_hash;
    tell(std::move(end), url);
    return download;
  }

  template <class Elapsed>
  std::optional<HttpFetched> transfer(const std::string& url, const WantedUrl& wanted,
                                      const fs::path& file, const Elapsed& elapsed) {
    try {
      return http_fetch({.url = wanted.url, .to = file, .stall_timeout = settings_.stall_timeout},
                        [&](const HttpProgress& progress) {
                          tell({.kind = FetchNews::Kind::progress,
                                .bytes = progress.bytes,
                                .of_bytes = progress.of_bytes,
                                .elapsed = elapsed()},
                               url);
                          return signal_ == 0;
                        });
    } catch (const Error& error) {
      if (wanted.location.line == 0) throw;
      throw Error(error.kind(), located_error(wanted.location, error.what(), ""));
    }
  }

  void tell(FetchNews news, const std::string& url) const {
    news.url = url;
    news.file_name = url_file_name(url);
    settings_.told(news);
  }

  const StateDirectory& state_;
  const FetchSettings& settings_;
  History history_;
  ObjectStore store_;
  LockFile locks_;
  std::atomic<int> signal_{0};
  SignalWatch signals_;
};

}  // namespace

FetchedInputs fetch_inputs(Pipeline& pipeline, const std::vector<StepRule>& rules,
                           const Workspace& workspace, const FetchSettings& settings) {
  FetchedInputs inputs;
  auto wanted = wanted_urls(pipeline, rules);
  if (wanted.empty()) return inputs;
  StateDirectory state{workspace.state_directory};
  // Before anything is looked for in the store; who only looks need not be able to write there.
  const auto hold = [&] {
    inputs.held.emplace(state.store_locks());
    return inputs.held->join();
  };
  std::int64_t begun_ns = settings.records_use && state.exists() ? hold() : 0;
  if (state.exists() && !settings.refetch) take_known(wanted, state, settings.records_use);
  if (wanted.empty()) return inputs;
  state = make_state_directory(workspace);
  if (!inputs.held) begun_ns = hold();
  InputFetcher fetcher(state, settings, begun_ns);
  for (const auto& [url, one] : wanted)
    if (!fetcher.fetch(url, one)) break;
  inputs.signal = fetcher.signal();
  return inputs;
}

}  // namespace mlpipe
