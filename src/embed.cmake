# Text files that the program carries with it.
#
#   embed_text_files(FUNCTION FOLDER SOURCE)
#
# makes a C++ source that defines `std::span<const EmbeddedText> mlpipe::FUNCTION()`
# (cli/embedded_text.h) with every file below FOLDER, by its path there, and puts the source's path
# into the variable SOURCE. An added, removed or edited file makes the next build configure anew.
function(embed_text_files function folder source)
  file(GLOB_RECURSE files CONFIGURE_DEPENDS LIST_DIRECTORIES false
    RELATIVE ${CMAKE_CURRENT_SOURCE_DIR}/${folder} ${CMAKE_CURRENT_SOURCE_DIR}/${folder}/*)
  list(SORT files)
  set(entries "")
  foreach(name IN LISTS files)
    set(path ${CMAKE_CURRENT_SOURCE_DIR}/${folder}/${name})
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${path})
    file(READ ${path} text)
    string(APPEND entries "    {\"${name}\", R\"embedded(${text})embedded\"},\n")
  endforeach()
  set(made ${CMAKE_CURRENT_BINARY_DIR}/embedded/${function}.cpp)
  set(code "// Made by src/embed.cmake from ${folder}.
#include <array>

#include \"cli/embedded_text.h\"

namespace mlpipe {

namespace {

constexpr auto ${function}_files = std::to_array<EmbeddedText>({
${entries}});

}  // namespace

std::span<const EmbeddedText> ${function}() { return ${function}_files; }

}  // namespace mlpipe
")
  file(CONFIGURE OUTPUT ${made} CONTENT "@code@" @ONLY)  # written only if it is another text
  set(${source} ${made} PARENT_SCOPE)
endfunction()
