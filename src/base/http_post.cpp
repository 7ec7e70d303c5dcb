#include "base/http_post.h"

#include <array>
#include <cstdlib>

#include "base/error.h"
#include "base/libcurl_late.h"
#include "base/text.h"
#include "base/url.h"

namespace mlpipe {

namespace {

/// One POST.
class HttpSending {
 public:
  explicit HttpSending(const HttpPost& post) : post_(post), easy_(curl_.init()) {
    if (easy_ == nullptr) fail_sending("libcurl cannot be used");
  }
  ~HttpSending() {
    curl_.cleanup(easy_);
    curl_.list_free(headers_);
  }
  HttpSending(const HttpSending&) = delete;
  HttpSending& operator=(const HttpSending&) = delete;

  void run() {
    set_all();
    const CURLcode code = curl_.perform(easy_);
    long status = 0;
    curl_.info(easy_, CURLINFO_RESPONSE_CODE, &status);  // NOLINT(*-vararg)
    // What the server says besides does not matter, nor that it does not come to its end.
    if (status >= 200 && status < 300) return;
    if (status >= 300 && status < 400)
      fail_sending(
          fmt::format("the server answers {} (it leads to another address: name that)", status));
    if (status != 0) fail_sending(fmt::format("the server answers {}{}", status, hint(status)));
    fail_sending(reason(code));
  }

 private:
  template <class Value>
  void set(CURLoption option, Value value) {
    const CURLcode code = curl_.set(easy_, option, value);  // NOLINT(*-vararg)
    if (code != CURLE_OK)
      fail_sending(fmt::format("libcurl does not take an option ({}): {}", static_cast<int>(option),
                               curl_.text_of(code)));
  }

  void add_header(const char* line) {
    auto* const longer = curl_.list_append(headers_, line);
    if (longer == nullptr) fail_sending("there is no memory");
    headers_ = longer;
  }

  void set_all() {
    add_header("Content-Type: application/json");
    add_header("Expect:");  // no question whether to send the rest: many servers answer none
    set(CURLOPT_URL, post_.url.c_str());
    set(CURLOPT_NOSIGNAL, 1L);  // there may be other threads
    set(CURLOPT_USERAGENT, "mlpipe/" MLPIPE_VERSION);
    set(CURLOPT_PROTOCOLS_STR, "http,https");
    set(CURLOPT_HTTPHEADER, headers_);
    set(CURLOPT_POST, 1L);
    set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(post_.body.size()));
    set(CURLOPT_POSTFIELDS, post_.body.c_str());
    set(CURLOPT_TIMEOUT_MS, static_cast<long>(post_.timeout.count()));
    set(CURLOPT_ERRORBUFFER, said_.data());
    set(CURLOPT_WRITEFUNCTION, &HttpSending::take_nothing);
    for (const char* name : {"CURL_CA_BUNDLE", "SSL_CERT_FILE"})
      if (const char* file = std::getenv(name);  // NOLINT(*-mt-unsafe)
          file != nullptr && *file != '\0') {
        set(CURLOPT_CAINFO, file);
        break;
      }
  }

  static std::size_t take_nothing(const char* /*bytes*/, std::size_t one, std::size_t count,
                                  void* /*self*/) {
    return one * count;
  }

  static std::string_view hint(long status) {
    if (status == 404 || status == 410) return " (not found): is the address right?";
    if (status == 401 || status == 403) return " (no access)";
    return status >= 500 ? " (a fault of the server's)" : "";
  }

  [[nodiscard]] std::string reason(CURLcode code) const {
    const std::string_view said = said_.data();
    switch (code) {
      case CURLE_URL_MALFORMAT:
        return "that is no address";
      case CURLE_COULDNT_RESOLVE_HOST:
        return "there is no such host, or this machine is offline";
      case CURLE_COULDNT_CONNECT:
        return "nothing answers there";
      case CURLE_OPERATION_TIMEDOUT:
        return fmt::format("no answer within {:g} s",
                           std::chrono::duration<double>(post_.timeout).count());
      case CURLE_OK:
        return "no answer came";
      default:
        return printable(said.empty() ? curl_.text_of(code) : trim(said));
    }
  }

  [[noreturn]] void fail_sending(std::string_view why) const {
    fail(ErrorKind::system, "cannot send to '{}': {}", printable(url_host(post_.url)), why);
  }

  const LateCurl& curl_ = late_curl();
  const HttpPost& post_;
  CURL* easy_ = nullptr;
  curl_slist* headers_ = nullptr;
  std::array<char, CURL_ERROR_SIZE> said_{};
};

}  // namespace

void http_post(const HttpPost& post) {
  if (!is_http_url(post.url))
    fail(ErrorKind::system, "cannot send: only http:// and https:// addresses are taken");
  HttpSending(post).run();
}

}  // namespace mlpipe
