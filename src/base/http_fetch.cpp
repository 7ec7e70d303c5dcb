#include "base/http_fetch.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <system_error>

#include "base/error.h"
#include "base/file.h"
#include "base/libcurl_late.h"
#include "base/text.h"
#include "base/url.h"

namespace mlpipe {

namespace fs = std::filesystem;

namespace {

/// One GET. Its callbacks are called inside run() only.
class HttpTransfer {
 public:
  HttpTransfer(const HttpRequest& request, const HttpWatch& watch, const fs::path& file)
      : request_(request),
        watch_(watch),
        out_(open_file(file, O_WRONLY | O_CREAT | O_EXCL)),
        easy_(curl_.init()) {
    if (easy_ == nullptr)
      fail(ErrorKind::system, "cannot fetch '{}': libcurl cannot be used", shown_url());
  }
  ~HttpTransfer() { curl_.cleanup(easy_); }
  HttpTransfer(const HttpTransfer&) = delete;
  HttpTransfer& operator=(const HttpTransfer&) = delete;

  std::optional<HttpFetched> run() {
    set_all();
    const CURLcode code = curl_.perform(easy_);
    if (thrown_) std::rethrow_exception(thrown_);
    if (given_up_) return std::nullopt;
    check_status();
    if (code != CURLE_OK) fail_as(code);
    check_length();
    return std::move(fetched_);
  }

 private:
  template <class Value>
  void set(CURLoption option, Value value) {
    const CURLcode code = curl_.set(easy_, option, value);  // NOLINT(*-vararg)
    if (code != CURLE_OK)
      fail(ErrorKind::system, "cannot fetch '{}': libcurl does not take an option ({}): {}",
           shown_url(), static_cast<int>(option), curl_.text_of(code));
  }

  void set_all() {
    set(CURLOPT_URL, request_.url.c_str());
    set(CURLOPT_NOSIGNAL, 1L);  // there are other threads
    set(CURLOPT_USERAGENT, "mlpipe/" MLPIPE_VERSION);
    set(CURLOPT_PROTOCOLS_STR, "http,https");
    set(CURLOPT_REDIR_PROTOCOLS_STR, "http,https");
    set(CURLOPT_FOLLOWLOCATION, 1L);
    set(CURLOPT_MAXREDIRS, static_cast<long>(request_.most_redirects));
    set(CURLOPT_FAILONERROR, 1L);  // what comes with a 404 is no data
    set(CURLOPT_CONNECTTIMEOUT, static_cast<long>(request_.connect_timeout.count()));
    set(CURLOPT_LOW_SPEED_LIMIT, 1L);
    set(CURLOPT_LOW_SPEED_TIME, static_cast<long>(request_.stall_timeout.count()));
    set(CURLOPT_ERRORBUFFER, said_.data());
    set(CURLOPT_WRITEFUNCTION, &HttpTransfer::take_bytes);
    set(CURLOPT_WRITEDATA, this);
    set(CURLOPT_HEADERFUNCTION, &HttpTransfer::take_header);
    set(CURLOPT_HEADERDATA, this);
    set(CURLOPT_XFERINFOFUNCTION, &HttpTransfer::look);
    set(CURLOPT_XFERINFODATA, this);
    set(CURLOPT_NOPROGRESS, 0L);
    for (const char* name : {"CURL_CA_BUNDLE", "SSL_CERT_FILE"})
      if (const char* file = std::getenv(name);  // NOLINT(*-mt-unsafe)
          file != nullptr && *file != '\0') {
        set(CURLOPT_CAINFO, file);
        break;
      }
  }

  /// libcurl is C: no exception may go through it.
  template <class Work>
  bool guarded(const Work& work) {
    try {
      return work();
    } catch (...) {
      thrown_ = std::current_exception();
      return false;
    }
  }

  static std::size_t take_bytes(const char* bytes, std::size_t one, std::size_t count, void* self) {
    auto& transfer = *static_cast<HttpTransfer*>(self);
    const std::size_t size = one * count;
    const bool taken = transfer.guarded([&] {
      write_all(transfer.out_.get(), {bytes, size}, transfer.request_.to);
      transfer.fetched_.bytes += size;
      return true;
    });
    return taken ? size : 0;
  }

  /// Of each response in turn: what the last one says stays.
  static std::size_t take_header(const char* bytes, std::size_t one, std::size_t count,
                                 void* self) {
    auto& transfer = *static_cast<HttpTransfer*>(self);
    const std::string_view line(bytes, one * count);
    const bool taken = transfer.guarded([&] {
      if (line.starts_with("HTTP/")) {
        transfer.fetched_.etag.clear();
        transfer.fetched_.last_modified.clear();
      }
      const auto colon = line.find(':');
      if (colon == std::string_view::npos) return true;
      const auto name = lower_case(line.substr(0, colon));
      const auto value = printable(trim(line.substr(colon + 1)));
      if (name == "etag") transfer.fetched_.etag = value;
      if (name == "last-modified") transfer.fetched_.last_modified = value;
      return true;
    });
    return taken ? line.size() : 0;
  }

  static int look(void* self, curl_off_t of_bytes, curl_off_t /*bytes*/, curl_off_t /*up*/,
                  curl_off_t /*upped*/) {
    auto& transfer = *static_cast<HttpTransfer*>(self);
    HttpProgress progress{.bytes = transfer.fetched_.bytes, .of_bytes = {}};
    if (of_bytes > 0) progress.of_bytes = static_cast<std::uint64_t>(of_bytes);
    const bool goes_on = transfer.guarded([&] { return transfer.watch_(progress); });
    if (!goes_on) transfer.given_up_ = true;
    return goes_on ? 0 : 1;
  }

  void check_status() {
    long status = 0;
    curl_.info(easy_, CURLINFO_RESPONSE_CODE, &status);  // NOLINT(*-vararg)
    // 203: a proxy has changed something on the way, and says so.
    if (status == 0 || status == 200 || status == 203 || (status >= 300 && status < 400)) return;
    const bool not_had = status == 404 || status == 410;
    const bool not_given = status == 401 || status == 403 || status == 407;
    fail(status >= 400 && status < 500 ? ErrorKind::not_found : ErrorKind::system,
         "cannot fetch '{}': the server answers {}{}", shown_url(), status,
         not_had         ? " (not found): is the address right?"
         : not_given     ? " (no access): does it need a login, or a newer signature?"
         : status >= 500 ? " (a fault of the server's): try again later"
                         : "");
  }

  void check_length() {
    long status = 0;
    curl_off_t told = -1;
    curl_.info(easy_, CURLINFO_RESPONSE_CODE, &status);            // NOLINT(*-vararg)
    curl_.info(easy_, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &told);  // NOLINT(*-vararg)
    if (status >= 300)
      fail(ErrorKind::system, "cannot fetch '{}': the server answers {} and does not say where to",
           shown_url(), status);
    if (told >= 0 && static_cast<std::uint64_t>(told) != fetched_.bytes) fail_short(told);
  }

  [[noreturn]] void fail_short(curl_off_t told) const {
    fail(ErrorKind::system,
         "cannot fetch '{}': the connection ended after {} of {} bytes: try again", shown_url(),
         fetched_.bytes, told);
  }

  [[nodiscard]] std::string shown_url() const {
    return printable(url_without_secrets(request_.url));
  }

  /// libcurl's own words, else its general ones for the code.
  [[nodiscard]] std::string curl_words(CURLcode code) const {
    const std::string_view said = said_.data();
    return printable(said.empty() ? curl_.text_of(code) : trim(said));
  }

  /// Where the transfer had come to, after redirects.
  [[nodiscard]] std::string host() const {
    const char* reached = nullptr;
    curl_.info(easy_, CURLINFO_EFFECTIVE_URL, &reached);  // NOLINT(*-vararg)
    return printable(url_host(reached == nullptr ? request_.url : std::string_view(reached)));
  }

  [[noreturn]] void fail_as(CURLcode code) const {
    throw Error(code == CURLE_URL_MALFORMAT ? ErrorKind::invalid_file : ErrorKind::system,
                fmt::format("cannot fetch '{}': {}", shown_url(), reason(code)));
  }

  [[nodiscard]] std::string reason(CURLcode code) const {
    switch (code) {
      case CURLE_URL_MALFORMAT:
        return "that is no address: " + curl_words(code);
      case CURLE_COULDNT_RESOLVE_HOST:
        return fmt::format(
            "cannot resolve host '{}': is the name right, and is this machine online?", host());
      case CURLE_COULDNT_RESOLVE_PROXY:
        return "cannot resolve the host of the proxy that http_proxy or https_proxy names: " +
               curl_words(code);
      case CURLE_COULDNT_CONNECT:
        return fmt::format(
            "nothing answers at '{}' ({}): is the server running, and can this "
            "machine reach it?",
            host(), curl_words(code));
      case CURLE_OPERATION_TIMEDOUT:
        return time_out_text();
      case CURLE_TOO_MANY_REDIRECTS:
        return fmt::format("it leads from one address to another more than {} times",
                           request_.most_redirects);
      case CURLE_UNSUPPORTED_PROTOCOL:
        return fmt::format("it leads to what is neither http nor https, which is not followed ({})",
                           curl_words(code));
      case CURLE_PARTIAL_FILE:
      case CURLE_GOT_NOTHING:
      case CURLE_RECV_ERROR:
        return fmt::format("the connection ended before all had come, after {} ({}): try again",
                           size_text(fetched_.bytes), curl_words(code));
      case CURLE_SSL_CONNECT_ERROR:
      case CURLE_PEER_FAILED_VERIFICATION:
      case CURLE_SSL_CERTPROBLEM:
      case CURLE_SSL_CIPHER:
      case CURLE_SSL_ISSUER_ERROR:
      case CURLE_SSL_INVALIDCERTSTATUS:
      case CURLE_SSL_CACERT_BADFILE:
        return fmt::format(
            "no secure connection (TLS) to '{}': {}; a certificate of your own is "
            "named by SSL_CERT_FILE",
            host(), curl_words(code));
      default:
        return curl_words(code);
    }
  }

  [[nodiscard]] std::string time_out_text() const {
    curl_off_t connected = 0;
    curl_.info(easy_, CURLINFO_CONNECT_TIME_T, &connected);  // NOLINT(*-vararg)
    if (connected == 0)
      return fmt::format("no connection to '{}' within {} s: can this machine reach it?", host(),
                         request_.connect_timeout.count());
    return fmt::format("no byte has come from '{}' for {} s, after {}: try again", host(),
                       request_.stall_timeout.count(), size_text(fetched_.bytes));
  }

  const LateCurl& curl_ = late_curl();
  const HttpRequest& request_;
  const HttpWatch& watch_;
  Fd out_;
  CURL* easy_ = nullptr;
  std::array<char, CURL_ERROR_SIZE> said_{};
  HttpFetched fetched_;
  bool given_up_ = false;
  std::exception_ptr thrown_;
};

}  // namespace

std::optional<HttpFetched> http_fetch(const HttpRequest& request, const HttpWatch& watch) {
  if (!is_http_url(request.url))
    fail(ErrorKind::invalid_file, "cannot fetch '{}': only http:// and https:// addresses are",
         printable(request.url));
  // A folder of its own: nothing is left of it, whatever happens, and no name can be taken.
  const TemporaryFolder folder(request.to.parent_path());
  const fs::path file = folder.path() / "part";
  auto fetched = HttpTransfer(request, watch, file).run();
  if (fetched) rename_path(file, request.to);
  return fetched;
}

}  // namespace mlpipe
