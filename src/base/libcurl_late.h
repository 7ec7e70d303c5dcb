#pragma once

// So that the names below are functions and not macros, and their arguments are not checked twice.
#define CURL_DISABLE_TYPECHECK
#include <curl/curl.h>

namespace mlpipe {

/// libcurl's functions, found when something is fetched for the first time: the library brings
/// twenty others along, and nearly all commands never need it (see libgit2_late.cpp). Unlike there
/// they are called through pointers, since curl_easy_setopt() takes arguments of any type.
struct LateCurl {
  decltype(&::curl_easy_init) init = nullptr;
  decltype(&::curl_easy_cleanup) cleanup = nullptr;
  decltype(&::curl_easy_setopt) set = nullptr;
  decltype(&::curl_easy_perform) perform = nullptr;
  decltype(&::curl_easy_getinfo) info = nullptr;
  decltype(&::curl_easy_strerror) text_of = nullptr;
  decltype(&::curl_slist_append) list_append = nullptr;
  decltype(&::curl_slist_free_all) list_free = nullptr;
};

/// The library, loaded once and never unloaded. Throws Error(system) that says what to install.
[[nodiscard]] const LateCurl& late_curl();

}  // namespace mlpipe
