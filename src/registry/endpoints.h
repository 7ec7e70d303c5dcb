#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "history/history.h"
#include "registry/endpoint_record.h"

namespace mlpipe {

/// What came of publishing something.
struct PublishedVersion {
  EndpointRecord endpoint;
  EndpointVersion version;
  bool made = true;  ///< False: an equal version was there already.
  bool made_endpoint = false;
};

/// Published pipelines under names and version numbers, in the history's database (azureml.md 2.6).
/// Writes outside of a batch of the history are one transaction each.
class Endpoints {
 public:
  /// `history` outlives this object.
  explicit Endpoints(History& history) : history_(history) {}

  /// Throws Error(usage) if it cannot be an endpoint's name.
  static void check_name(const std::string& name);

  /// The next version of the endpoint, which is made if there is none of this name (with
  /// `description`). The first version is the default, a later one if `set_default`. If a version
  /// that is not deleted is equal, no other one is made; it becomes the default if that is asked
  /// for. Throws Error(usage) for a bad name and an archived endpoint.
  PublishedVersion publish(const std::string& name, const std::string& description,
                           EndpointVersion version, bool set_default);

  [[nodiscard]] std::optional<EndpointRecord> find(std::string_view name);
  /// Throws Error(not_found), with the nearest name.
  [[nodiscard]] EndpointRecord get(const std::string& name);
  /// Also one that was deleted.
  [[nodiscard]] std::optional<EndpointRecord> find(EndpointKey key);
  /// By name.
  [[nodiscard]] std::vector<EndpointRecord> all(bool with_archived);
  /// Without deleted ones, the newest first.
  [[nodiscard]] std::vector<EndpointVersion> versions_of(EndpointKey endpoint);
  /// The version with the number in `text`, of an empty one the default. Throws Error(not_found)
  /// with those that there are, Error(usage) for a text that is no number.
  [[nodiscard]] EndpointVersion version(const EndpointRecord& endpoint, const std::string& text);
  [[nodiscard]] std::optional<EndpointVersion> version(EndpointVersionKey key);

  // Each throws Error(not_found) for an unknown name; false: it was so already.
  bool set_default(const std::string& name, const std::string& version);
  bool set_enabled(const std::string& name, bool enabled);
  bool set_archived(const std::string& name, bool archived);
  void set_description(const std::string& name, const std::string& description);
  /// Nothing: as many as the workspace allows.
  void set_notifications(const std::string& name, const std::vector<Notification>& notifications);
  void set_max_concurrent_runs(const std::string& name, std::optional<int> most);
  /// Give a version up; gc takes its sources. Throws Error(usage) for the default one while there
  /// are others, and while a run of it is queued.
  void delete_version(const std::string& name, const std::string& version);
  /// Give all its versions up, and the name, which may be used again; its numbers go on then.
  /// Throws Error(usage), with their names, while schedules submit to it or runs of it have not
  /// ended.
  void remove(const std::string& name);

 private:
  [[nodiscard]] EndpointRecord insert(const std::string& name, const std::string& description);
  void insert(EndpointVersion& version);

  History& history_;
};

}  // namespace mlpipe
