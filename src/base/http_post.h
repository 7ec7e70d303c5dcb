#pragma once

#include <chrono>
#include <functional>
#include <string>

namespace mlpipe {

/// JSON to be sent to an address.
struct HttpPost {
  std::string url;  ///< http:// or https://
  std::string body;
  std::chrono::milliseconds timeout{15000};  ///< For all of it.
};

using PostJson = std::function<void(const HttpPost&)>;

/// POST `post.body` as application/json; proxies and certificates as http_fetch() has them.
/// Redirects are not followed: what is sent is for the one who was named. Throws Error(system)
/// unless an answer of 200 to 299 came. The message names the host alone: the rest of a webhook's
/// address is most often a secret.
void http_post(const HttpPost& post);

}  // namespace mlpipe
