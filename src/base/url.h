#pragma once

#include <string>
#include <string_view>

namespace mlpipe {

/// Whether `text` is an address that can be fetched: begins with http:// or https://, in any case.
[[nodiscard]] bool is_http_url(std::string_view text);

/// The address without what only its holder may know: user and password, and the query
/// parameters that sign it or carry a token (an Azure SAS's `sig`, S3's `X-Amz-Signature` …). What
/// is printed and recorded; the same file under a renewed signature is the same address. Scheme
/// and host come in lower case, without a fragment.
[[nodiscard]] std::string url_without_secrets(std::string_view url);

/// Whether that takes away what only its holder may know.
[[nodiscard]] bool url_has_secrets(std::string_view url);

/// The host of an address, with its port if one is named.
[[nodiscard]] std::string url_host(std::string_view url);

/// The name that a fetched file gets: the last part of the address's path, decoded, and without
/// anything that could lead elsewhere or cannot be a file's name; "download" if nothing is left.
[[nodiscard]] std::string url_file_name(std::string_view url);

}  // namespace mlpipe
