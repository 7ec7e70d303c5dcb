# Run while installing (see packaging.cmake): writes the manual page, compressed.
if(mlpipe_is_foreign AND NOT mlpipe_runner)
  message(WARNING "No manual page: the program was built for another machine and cannot be asked here")
  return()
endif()
set(page "${CMAKE_INSTALL_PREFIX}/${mlpipe_man_folder}/mlpipe.1.gz")
set(staged "$ENV{DESTDIR}${page}")
message(STATUS "Installing: ${staged}")
get_filename_component(folder "${staged}" DIRECTORY)
file(MAKE_DIRECTORY "${folder}")
execute_process(
  COMMAND ${mlpipe_runner} "${mlpipe_program}" help --man
  COMMAND gzip -9n
  OUTPUT_FILE "${staged}"
  RESULTS_VARIABLE codes)
if(NOT codes STREQUAL "0;0")
  file(REMOVE "${staged}")
  message(FATAL_ERROR "`${mlpipe_program} help --man | gzip -9n` failed (exit codes ${codes})")
endif()
file(CHMOD "${staged}" PERMISSIONS OWNER_READ OWNER_WRITE GROUP_READ WORLD_READ)
list(APPEND CMAKE_INSTALL_MANIFEST_FILES "${page}")
