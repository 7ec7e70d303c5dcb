#include "base/url.h"

#include <algorithm>
#include <array>
#include <vector>

#include "base/text.h"

namespace mlpipe {

namespace {

/// An address in its parts, as views: "http" "user:password" "host:80" "/a/b" "?x=1".
struct UrlParts {
  std::string_view scheme;
  std::string_view credentials;
  std::string_view host;
  std::string_view path;
  std::string_view query;     ///< With its '?'.
  std::string_view fragment;  ///< With its '#'; it never reaches a server.
};

UrlParts url_parts(std::string_view url) {
  UrlParts parts;
  if (const auto at = url.find("://"); at != std::string_view::npos) {
    parts.scheme = url.substr(0, at);
    url.remove_prefix(at + 3);
  }
  const auto cut = [&url](char mark) {
    const auto at = std::min(url.find(mark), url.size());
    const auto rest = url.substr(at);
    url = url.substr(0, at);
    return rest;
  };
  parts.fragment = cut('#');
  parts.query = cut('?');
  parts.path = cut('/');
  if (const auto at = url.rfind('@'); at != std::string_view::npos) {
    parts.credentials = url.substr(0, at);
    url.remove_prefix(at + 1);
  }
  parts.host = url;
  return parts;
}

/// What one kind of signature adds to an address. A signature changes each time it is given, so all
/// of its parameters go, but only where it is one: elsewhere `se` may choose what is fetched.
struct SignatureKind {
  std::string_view sign;  ///< In lower case; …
  std::string_view and_with;
  std::string_view prefix;                 ///< … goes, as does each parameter that begins so …
  std::array<std::string_view, 13> names;  ///< … or is named so.
};

constexpr std::array<SignatureKind, 5> signature_kinds = {{
    {"sig",
     "sv",
     "",
     {"sig", "se", "st", "sp", "sv", "sr", "spr", "skoid", "sktid", "skt", "ske", "sks", "skv"}},
    {"x-amz-signature", "", "x-amz-", {}},
    {"x-goog-signature", "", "x-goog-", {}},
    {"signature", "key-pair-id", "", {"signature", "key-pair-id", "expires", "policy"}},
    {"signature", "awsaccesskeyid", "", {"signature", "awsaccesskeyid", "expires"}},
}};

/// What is a secret by its name alone.
constexpr std::array<std::string_view, 8> secret_names = {
    "token",   "access_token", "auth_token", "private_token",
    "api_key", "apikey",       "password",   "client_secret"};

std::string parameter_name(std::string_view parameter) {
  return lower_case(parameter.substr(0, parameter.find('=')));
}

bool contains(const auto& names, std::string_view wanted) {
  return std::find(names.begin(), names.end(), wanted) != names.end();
}

/// The kinds of signatures that an address with these parameters has.
auto signatures_in(const std::vector<std::string>& names) {
  std::vector<const typename decltype(signature_kinds)::value_type*> found;
  for (const auto& kind : signature_kinds)
    if (contains(names, kind.sign) && (kind.and_with.empty() || contains(names, kind.and_with)))
      found.push_back(&kind);
  return found;
}

bool is_secret_parameter(const std::string& name, const auto& signatures) {
  return contains(secret_names, name) ||
         std::any_of(signatures.begin(), signatures.end(), [&name](const auto* kind) {
           return contains(kind->names, name) ||
                  (!kind->prefix.empty() && name.starts_with(kind->prefix));
         });
}

struct QueryParameter {
  std::string_view text;  ///< "x=1"
  bool is_secret = false;
};

/// The parameters of a query, which comes with its '?'.
std::vector<QueryParameter> query_parameters(std::string_view query) {
  if (!query.empty()) query.remove_prefix(1);
  std::vector<QueryParameter> parameters;
  std::vector<std::string> names;
  for (const auto text : split(query, '&')) {
    parameters.push_back({.text = text});
    names.push_back(parameter_name(text));
  }
  const auto signatures = signatures_in(names);
  for (std::size_t i = 0; i < parameters.size(); ++i)
    parameters[i].is_secret = is_secret_parameter(names[i], signatures);
  return parameters;
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

std::string percent_decoded(std::string_view text) {
  std::string decoded;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const int high = text[i] == '%' && i + 2 < text.size() ? hex_digit(text[i + 1]) : -1;
    const int low = high < 0 ? -1 : hex_digit(text[i + 2]);
    if (low < 0) {
      decoded += text[i];
      continue;
    }
    decoded += static_cast<char>(high * 16 + low);
    i += 2;
  }
  return decoded;
}

}  // namespace

bool is_http_url(std::string_view text) {
  const auto scheme = lower_case(text.substr(0, std::min<std::size_t>(text.size(), 8)));
  return scheme.starts_with("http://") || scheme.starts_with("https://");
}

std::string url_without_secrets(std::string_view url) {
  const auto parts = url_parts(url);
  std::string kept;
  for (const auto& [text, is_secret] : query_parameters(parts.query)) {
    if (text.empty() || is_secret) continue;
    kept += kept.empty() ? '?' : '&';
    kept += text;
  }
  return lower_case(parts.scheme) + "://" + lower_case(parts.host) +
         (parts.path.empty() ? "/" : std::string(parts.path)) + kept;
}

bool url_has_secrets(std::string_view url) {
  const auto parts = url_parts(url);
  const auto parameters = query_parameters(parts.query);
  return !parts.credentials.empty() ||
         std::any_of(parameters.begin(), parameters.end(),
                     [](const auto& parameter) { return parameter.is_secret; });
}

std::string url_host(std::string_view url) { return std::string(url_parts(url).host); }

std::string url_file_name(std::string_view url) {
  constexpr std::size_t longest = 200;  // file systems take 255 bytes
  auto path = url_parts(url).path;
  while (path.ends_with('/')) path.remove_suffix(1);
  std::string name = percent_decoded(path.substr(path.rfind('/') + 1));
  const bool text = is_utf8(name);
  for (auto& c : name) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7F || c == '/' || c == '\\' || (byte >= 0x80 && !text)) c = '_';
  }
  if (name.size() > longest) {  // its ending says what it is
    std::size_t from = name.size() - longest;
    while (from < name.size() && (static_cast<unsigned char>(name[from]) & 0xC0U) == 0x80U) ++from;
    name.erase(0, from);
  }
  if (name.empty() || name == "." || name == "..") return "download";
  return name;
}

}  // namespace mlpipe
