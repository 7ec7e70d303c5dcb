#include "spec/hash_of_shared.h"

#include <functional>
#include <string>

namespace mlpipe {

namespace {

class Sum {
 public:
  template <class T>
  Sum& operator()(const T& value) {
    constexpr std::size_t golden = 0x9e3779b97f4a7c15;
    sum_ = (sum_ ^ std::hash<T>()(value)) * golden;
    sum_ ^= sum_ >> 32U;
    return *this;
  }
  template <class T>
  Sum& operator()(const std::vector<T>& all) {
    for (const auto& each : all) (*this)(each);
    return (*this)(all.size());
  }
  Sum& operator()(const std::filesystem::path& path) { return (*this)(path.native()); }

  [[nodiscard]] std::size_t get() const { return sum_; }

 private:
  std::size_t sum_ = 0;
};

}  // namespace

std::size_t HashOfShared::operator()(const StepSources& sources) const {
  Sum sum;
  sum(sources.directory)(sources.include)(sources.added)(sources.left_out)(sources.hash_paths);
  if (sources.frozen) sum(std::string(sources.frozen->view()));
  return sum.get();
}

std::size_t HashOfShared::operator()(const StepSettings& settings) const {
  Sum sum;
  sum(settings.compute_target)(settings.environment)(settings.pass_environment);
  for (const auto& [name, value] : settings.environment_variables) sum(name)(value);
  const auto& resources = settings.resources;
  sum(resources.cpus)(resources.gpus)(resources.memory_bytes)(resources.instance_count);
  sum(settings.timeout.count())(settings.retry.max_retries)(settings.retry.delay_seconds);
  if (settings.distribution) sum(settings.distribution->processes);
  return sum.get();
}

std::size_t HashOfShared::operator()(const RegisteredOutput& asset) const {
  return Sum()(asset.name)(asset.version)(asset.type).get();
}

}  // namespace mlpipe
