#include <string>

#include "base/git.h"
#include "support/catch.h"

namespace mlpipe {

TEST_CASE("credentials are taken out of addresses, and nothing else") {
  const auto check = [](const std::string& with, const std::string& without) {
    CHECK(without_credentials(with) == without);
  };
  check("https://user:token@host/x.git", "https://host/x.git");
  check("https://token@host:8443/x@y", "https://host:8443/x@y");
  check("https://host/@scope/x", "https://host/@scope/x");
  check("https://host:8443/a@b", "https://host:8443/a@b");
  check("https://user:pa/ss@host/x", "https://host/x");
  check("https://us%40er:p@ss@host/x", "https://host/x");
  check("ssh://git@host/x.git", "ssh://git@host/x.git");
  check("ssh://git:secret@host:22/x.git", "ssh://git@host:22/x.git");
  check("git@host:group/x.git", "git@host:group/x.git");
  check("/srv/git/x.git", "/srv/git/x.git");
  check("file:///srv/git/a@b.git", "file:///srv/git/a@b.git");
  check("", "");
  check("https://@", "https://");
  check("x@s://user:a@s:b:to://c@d", "x@s://d");  // an address in an address, found by fuzzing
}

}  // namespace mlpipe
