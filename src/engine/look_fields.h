#pragma once

#include "base/look_recorder.h"
#include "store/field_codec.h"

namespace mlpipe {

constexpr FileKind largest(FileKind) { return FileKind::other; }

/// All that Look::holds() compares.
void fields(auto& codec, FieldsOf<FileStat> auto& stat) {
  codec(stat.kind, stat.executable, stat.dev, stat.ino, stat.size, stat.mtime_ns, stat.ctime_ns);
}

void fields(auto& codec, FieldsOf<Look> auto& look) {
  auto& [path, follows_links, exact, stat] = look;
  codec(path, follows_links, exact, stat);
}

}  // namespace mlpipe
