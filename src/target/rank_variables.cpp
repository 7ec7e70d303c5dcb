#include "target/rank_variables.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <map>

#include "base/error.h"
#include "base/file.h"

namespace mlpipe {

namespace {

constexpr const char* loopback = "127.0.0.1";

/// As Azure ML sets it (azureml.md 3.3), with this machine's ports for its hosts.
std::string tf_config(const std::vector<Rank>& ranks, std::size_t own,
                      const std::vector<int>& ports) {
  std::string workers;
  std::string servers;
  for (std::size_t i = 0; i < ranks.size(); ++i) {
    std::string& places = ranks[i].is_server ? servers : workers;
    places += fmt::format("{}\"{}:{}\"", places.empty() ? "" : ",", loopback, ports.at(i));
  }
  return fmt::format(
      R"({{"cluster":{{"worker":[{}]{}}},"task":{{"type":"{}","index":{}}},"environment":"cloud"}})",
      workers, servers.empty() ? "" : fmt::format(R"(,"ps":[{}])", servers),
      ranks[own].is_server ? "ps" : "worker", ranks[own].index);
}

}  // namespace

std::vector<Rank> ranks_of(const RankPlan& plan) {
  const bool tensorflow = plan.kind == RankPlan::Kind::tensorflow;
  std::vector<Rank> ranks;
  for (int i = 0; i < plan.processes; ++i)
    ranks.push_back({.name = fmt::format("{} {}", tensorflow ? "worker" : "rank", i),
                     .file = fmt::format("{}{}", tensorflow ? "worker" : "rank", i),
                     .index = i});
  for (int i = 0; tensorflow && i < plan.parameter_servers; ++i)
    ranks.push_back({.name = fmt::format("parameter server {}", i),
                     .file = fmt::format("ps{}", i),
                     .is_server = true,
                     .index = i});
  return ranks;
}

std::vector<int> free_ports(std::size_t count) {
  std::vector<Fd> held;  // until all are chosen, so that none comes twice
  std::vector<int> ports;
  for (std::size_t i = 0; i < count; ++i) {
    Fd& socket = held.emplace_back(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = ::inet_addr(loopback);
    auto* place = reinterpret_cast<sockaddr*>(&address);  // NOLINT(*-reinterpret-cast): its own way
    socklen_t size = sizeof address;
    if (!socket || ::bind(socket.get(), place, size) != 0 ||
        ::getsockname(socket.get(), place, &size) != 0)
      fail_errno(errno, fmt::format("cannot find a free port on {}", loopback));
    ports.push_back(ntohs(address.sin_port));
  }
  return ports;
}

std::vector<std::string> variables_of_rank(const RankPlan& plan, const std::vector<Rank>& ranks,
                                           std::size_t i, const std::vector<int>& ports,
                                           char** environment) {
  std::map<std::string, std::string> variables;
  for (char** entry = environment; entry != nullptr && *entry != nullptr; ++entry) {
    const std::string_view text = *entry;
    const auto equals = text.find('=');
    if (equals != std::string_view::npos)
      variables.emplace(text.substr(0, equals), text.substr(equals + 1));
  }
  if (plan.kind == RankPlan::Kind::tensorflow) {
    variables["TF_CONFIG"] = tf_config(ranks, i, ports);
  } else {
    variables.emplace("MASTER_ADDR", loopback);
    variables.emplace("MASTER_PORT", std::to_string(ports.at(0)));
    variables["WORLD_SIZE"] = std::to_string(ranks.size());
    variables["NODE_RANK"] = "0";
    variables["RANK"] = std::to_string(i);
    variables["LOCAL_RANK"] = std::to_string(i);
    variables["LOCAL_WORLD_SIZE"] = std::to_string(ranks.size());
  }
  std::vector<std::string> list;
  list.reserve(variables.size());
  for (const auto& [name, value] : variables) list.push_back(fmt::format("{}={}", name, value));
  return list;
}

}  // namespace mlpipe
