// Debian's static libxxhash has no variants for wider instructions, which src/base/hash.cpp asks
// for by these names: the helper hashes with the plain ones, a few times slower and still faster
// than a disk.
#include <xxhash.h>

extern "C" {

XXH128_hash_t XXH3_128bits_dispatch(const void* input, size_t length) {
  return XXH3_128bits(input, length);
}

XXH_errorcode XXH3_128bits_update_dispatch(XXH3_state_t* state, const void* input, size_t length) {
  return XXH3_128bits_update(state, input, length);
}
}
