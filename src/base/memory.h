#pragma once

#include <malloc.h>

namespace mlpipe {

/// After much was freed that lay in small pieces: the system gets back what little else would fit
/// into. Takes some milliseconds for each ten megabytes that are used again.
inline void give_back_freed_memory() { ::malloc_trim(0); }

}  // namespace mlpipe
