# embed_text_files(LIST NAME FILES file…): adds a source to LIST that defines
#   extern const std::vector<EmbeddedText> NAME;     (declare it as base/embedded_text.h says)
# with each file's name and text, made again when a file changes.
function(embed_text_files list name)
  cmake_parse_arguments(PARSE_ARGV 2 given "" "" "FILES")
  set(entries "")
  foreach(file IN LISTS given_FILES)
    get_filename_component(path ${file} ABSOLUTE)
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${path})
    get_filename_component(short ${file} NAME)
    file(READ ${path} text)
    string(APPEND entries "    {\"${short}\", R\"embedded(${text})embedded\"},\n")
  endforeach()
  set(source "#include \"base/embedded_text.h\"

namespace mlpipe {
extern const std::vector<EmbeddedText> ${name};
const std::vector<EmbeddedText> ${name} = {
${entries}};
}  // namespace mlpipe
")
  set(made ${CMAKE_BINARY_DIR}/embedded/${name}.cpp)
  set(before "")
  if(EXISTS ${made})
    file(READ ${made} before)
  endif()
  if(NOT before STREQUAL source)
    file(WRITE ${made} "${source}")
  endif()
  set(${list} ${${list}} ${made} PARENT_SCOPE)
endfunction()
