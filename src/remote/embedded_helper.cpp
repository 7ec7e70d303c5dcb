#include "remote/embedded_helper.h"

#include "base/hash.h"

// The linker is given the file as it is (CMakeLists.txt: MLPIPE_HELPER_FILE).
asm(R"(
    .section .rodata
    .global mlpipe_helper_begin
    .global mlpipe_helper_end
    .balign 16
mlpipe_helper_begin:
    .incbin ")" MLPIPE_HELPER_FILE R"("
mlpipe_helper_end:
    .byte 0
    .previous
)");

extern "C" {
extern const char mlpipe_helper_begin[];  // NOLINT(*-avoid-c-arrays)
extern const char mlpipe_helper_end[];    // NOLINT(*-avoid-c-arrays)
}

namespace mlpipe {

HelperImage embedded_helper() {
  return helper_image(
      {mlpipe_helper_begin, static_cast<std::size_t>(mlpipe_helper_end - mlpipe_helper_begin)});
}

}  // namespace mlpipe
