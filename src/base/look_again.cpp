#include "base/look_again.h"

#include "base/error.h"
#include "base/file.h"

namespace mlpipe {

bool still_holds(const Look& look) {
  try {
    return look.holds(look.follows_links ? stat_file(look.path) : stat_link(look.path));
  } catch (const Error&) {
    return false;
  }
}

}  // namespace mlpipe
