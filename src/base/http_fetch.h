#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>

namespace mlpipe {

/// A file to be fetched.
struct HttpRequest {
  std::string url;           ///< http:// or https://
  std::filesystem::path to;  ///< Replaced at the end, by a rename; its folder exists.
  std::chrono::seconds connect_timeout{30};
  /// Given up when no byte has come for so long. There is no limit for the whole: files may be
  /// large.
  std::chrono::seconds stall_timeout{60};
  int most_redirects = 20;
};

/// How far a fetch is.
struct HttpProgress {
  std::uint64_t bytes = 0;
  std::optional<std::uint64_t> of_bytes;  ///< If the server has said it.
};

/// What was fetched.
struct HttpFetched {
  std::uint64_t bytes = 0;
  std::string etag;           ///< As the server says it; "" if it does not.
  std::string last_modified;  ///< Likewise.
};

/// Told at least once a second while a fetch goes on; false: give up.
using HttpWatch = std::function<bool(const HttpProgress&)>;

/// GET `request.url` into a file. Redirects are followed, to http and https only; proxies are those
/// of the environment (http_proxy, https_proxy, no_proxy); a certificate file of one's own is named
/// by SSL_CERT_FILE or CURL_CA_BUNDLE. The file is there only if all of it has come. Nothing if
/// `watch` gave up. Throws Error: not_found for what the server does not have or give (4xx),
/// invalid_file for an address that is none, else system; the message names the address without
/// its secrets.
[[nodiscard]] std::optional<HttpFetched> http_fetch(const HttpRequest& request,
                                                    const HttpWatch& watch);

}  // namespace mlpipe
