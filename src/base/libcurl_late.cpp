#include "base/libcurl_late.h"

#include <dlfcn.h>

#include <array>

#include "base/error.h"

namespace mlpipe {

namespace {

/// By the names that Debian gives them: with OpenSSL, which other systems' libcurl has too, and
/// with GnuTLS, which comes with `git`. Both have the same functions.
constexpr std::array curl_files = {"libcurl.so.4", "libcurl-gnutls.so.4"};

void* load_curl() {
  for (const auto* file : curl_files)
    if (void* library = ::dlopen(file, RTLD_NOW | RTLD_LOCAL)) return library;
  fail(ErrorKind::system,
       "cannot reach http addresses: the library libcurl is not installed; install it (on Debian: "
       "`apt install libcurl4`); a file may also be fetched by hand, and its path written");
}

template <class Function>
void find_curl(void* library, const char* name, Function*& function) {
  // NOLINTNEXTLINE(*-reinterpret-cast): what dlsym is for
  function = reinterpret_cast<Function*>(::dlsym(library, name));
  if (function == nullptr)
    fail(ErrorKind::system, "cannot reach http addresses: the installed libcurl has no '{}'", name);
}

LateCurl load_all_curl() {
  void* const library = load_curl();
  decltype(&::curl_global_init) init_all = nullptr;
  find_curl(library, "curl_global_init", init_all);
  if (init_all(CURL_GLOBAL_DEFAULT) != CURLE_OK)
    fail(ErrorKind::system, "cannot reach http addresses: libcurl cannot be started");
  LateCurl curl;
  find_curl(library, "curl_easy_init", curl.init);
  find_curl(library, "curl_easy_cleanup", curl.cleanup);
  find_curl(library, "curl_easy_setopt", curl.set);
  find_curl(library, "curl_easy_perform", curl.perform);
  find_curl(library, "curl_easy_getinfo", curl.info);
  find_curl(library, "curl_easy_strerror", curl.text_of);
  find_curl(library, "curl_slist_append", curl.list_append);
  find_curl(library, "curl_slist_free_all", curl.list_free);
  return curl;
}

}  // namespace

const LateCurl& late_curl() {
  static const LateCurl curl = load_all_curl();
  return curl;
}

}  // namespace mlpipe
