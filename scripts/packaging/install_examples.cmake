# Run while installing (see packaging.cmake): the first lines of the examples name the installed schemas,
# by their full path, so that a copy of an example can lie anywhere.
file(GLOB_RECURSE files
  "$ENV{DESTDIR}${CMAKE_INSTALL_PREFIX}/${mlpipe_examples}/*.yml"
  "$ENV{DESTDIR}${CMAKE_INSTALL_PREFIX}/${mlpipe_examples}/*.yaml")
foreach(file IN LISTS files)
  file(READ "${file}" text)
  string(REPLACE "$schema=../../schemas/" "$schema=${CMAKE_INSTALL_PREFIX}/${mlpipe_schemas}/" text "${text}")
  file(WRITE "${file}" "${text}")
endforeach()
