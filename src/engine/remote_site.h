#pragma once

#include <map>
#include <mutex>

#include "engine/object_fetcher.h"
#include "engine/step_site.h"
#include "remote/remote_host.h"

namespace mlpipe {

/// Another machine: what a step reads is sent to the store there, it runs there, and what it makes
/// is stored there. Outputs stay there until they are needed elsewhere; what a step leaves in
/// ./outputs and ./logs, and what has a `path:` or is registered, is fetched at once.
class RemoteSite : public StepSite {
 public:
  struct World {
    RemoteHost& host;
    std::string target;             ///< What the compute target is called: its limit of steps.
    ObjectStore& store;             ///< Ours.
    std::filesystem::path scratch;  ///< For what comes into it.
    SlotCapacity capacity;          ///< Of the machine.
    std::string machine;            ///< machine_name()
    ObjectFetcher& fetcher;
    bool fetches_all = false;  ///< `fetch: always`
  };

  explicit RemoteSite(World world);

  [[nodiscard]] Preparation prepare(const StepExecution& execution) override;
  [[nodiscard]] Collection collect(const StepExecution& execution) override;
  void submit(const Job& job, const StepExecution& execution) override;
  void cancel(JobId job, bool at_once) override;
  void recorded(const std::filesystem::path& directory, bool keep_directory) override;
  void in_background(std::function<void()> work) override;

 private:
  struct Needed;

  [[nodiscard]] DirectoryToMake take_prepared(const std::string& name);

  [[nodiscard]] static Needed what_is_needed(const StepExecution& execution);
  [[nodiscard]] static StepExecution with_objects(StepExecution execution, const Needed& needed);
  [[nodiscard]] std::optional<Preparation> send(const StepExecution& execution,
                                                const Needed& needed);
  [[nodiscard]] bool is_here(const StepExecution& execution, std::size_t at, const Hash& id);
  [[nodiscard]] bool is_needed_here(const Step& step, const std::string& output) const;
  [[nodiscard]] bool fetch(const TakenOutputs::Output& output, Collection& collection);
  [[nodiscard]] Collection give_back(const StepExecution& execution, const std::string& output);

  World world_;
  std::mutex prepared_mutex_;
  std::map<std::string, DirectoryToMake> prepared_;  ///< By prepare(), for submit(): one request.
  std::mutex sending_;    ///< One at a time, or the same would be sent twice.
  WorkerPool pool_;       ///< Its work waits for the network: not on the threads that hash.
  WorkerPool orders_{1};  ///< To begin and to end jobs, in their order; these may wait too.
};

}  // namespace mlpipe
