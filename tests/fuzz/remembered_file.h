#pragma once

#include <string>
#include <string_view>

#include "base/file.h"
#include "base/hash.h"
#include "engine/state_directory.h"
#include "fuzz/fuzz_target.h"

namespace mlpipe::fuzz {

/// What `read` makes of an input as a file of the cache (engine/remembered_files.h), in its folder
/// `name`: any bytes are taken or are nothing; what is taken is written by `write` as the same
/// bytes. The input is tried as it is, and sealed as a file of this format.
template <class Read, class Write>
[[nodiscard]] auto read_remembered(std::string_view input, const char* name,
                                   std::string_view format, Read read, Write write) {
  static const TemporaryFolder folder;
  static const StateDirectory state{folder.path()};
  static const Hash key = hash_bytes("key");
  const auto file = state.cache() / name / key.hex();
  make_folders(file.parent_path());
  std::string bytes(input);
  write_file_atomically(file, bytes);
  (void)read(state, key);
  bytes += format;
  bytes.append(hash_bytes(bytes).view());  // as no input would guess it
  write_file_atomically(file, bytes);
  auto taken = read(state, key);
  if (taken) {
    write(state, key, *taken);
    require(read_file(file) == bytes, "written it is the same bytes");
  }
  return taken;
}

}  // namespace mlpipe::fuzz
