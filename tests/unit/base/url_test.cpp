#include "base/url.h"

#include "support/catch.h"

namespace mlpipe {

TEST_CASE("an address to fetch begins with http or https") {
  CHECK(is_http_url("http://a/b"));
  CHECK(is_http_url("HTTPS://a/b"));
  CHECK_FALSE(is_http_url("ftp://a/b"));
  CHECK_FALSE(is_http_url("file:///etc/passwd"));
  CHECK_FALSE(is_http_url("http:/a"));
  CHECK_FALSE(is_http_url(""));
}

TEST_CASE("an address is shown and recorded without what only its holder may know") {
  CHECK(url_without_secrets("HTTP://User:Pw@Host:80/A?b=1#c") == "http://host:80/A?b=1");
  CHECK(url_without_secrets("https://h") == "https://h/");
  CHECK(url_without_secrets("https://h/a?sv=2020&se=2026-01-01&sig=x%3D&id=7") ==
        "https://h/a?id=7");
  CHECK(url_without_secrets("https://h/a?X-Amz-Signature=s&X-Amz-Date=d&versionId=3") ==
        "https://h/a?versionId=3");
  CHECK(url_without_secrets("https://h/a?alt=media&token=t") == "https://h/a?alt=media");
  // Where nothing is signed, these choose what is fetched.
  CHECK(url_without_secrets("https://h/a?se=1&key=2&policy=3") ==
        "https://h/a?se=1&key=2&policy=3");
  CHECK(url_without_secrets("https://h/a?sig=1") == "https://h/a?sig=1");
}

TEST_CASE("a fetched file has the last name of its address, and one that leads nowhere else") {
  CHECK(url_file_name("http://h/data/iris.csv?x=/y") == "iris.csv");
  CHECK(url_file_name("http://h/a%20b%C3%A4.csv") == "a b\xc3\xa4.csv");
  CHECK(url_file_name("http://h/data/..%2F..%2Fetc%2Fpasswd") == ".._.._etc_passwd");
  CHECK(url_file_name("http://h/a/..") == "download");
  CHECK(url_file_name("http://h/%2e%2e") == "download");
  CHECK(url_file_name("http://h/.") == "download");
  CHECK(url_file_name("http://h") == "download");
  CHECK(url_file_name("http://h/") == "download");
  CHECK(url_file_name("http://h/folder/") == "folder");
  CHECK(url_file_name("http://h/a%00b%0A%7F") == "a_b__");
  CHECK(url_file_name("http://h/a%FFb%zz%4") == "a_b%zz%4");
  CHECK(url_file_name("http://h/" + std::string(1000, 'x') + ".csv").size() == 200);
  CHECK(url_file_name("http://h/" + std::string(1000, 'x') + ".csv").ends_with("x.csv"));
}

TEST_CASE("an address without secrets is known as one, however it is written") {
  for (const auto* plain :
       {"https://example.com", "HTTPS://Host/x", "https://h/a#part", "https://h/a?",
        "https://h/a?alt=media&id=7", "https://h?id=7", "https://h/a?id=7?", "https://h/a?x&&y"})
    CHECK_FALSE(url_has_secrets(plain));
  for (const auto* secret :
       {"https://u:p@h/a", "https://h/a?sig=1&se=2&sv=3", "https://h/a?token=t"})
    CHECK(url_has_secrets(secret));
}

}  // namespace mlpipe
