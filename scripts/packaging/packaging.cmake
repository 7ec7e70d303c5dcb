# What `cmake --install` puts where, and the Debian package that `cpack -G DEB` makes of the same
# files; included by the top CMakeLists.txt.
include(GNUInstallDirs)

install(TARGETS mlpipe)
install(DIRECTORY schemas DESTINATION ${CMAKE_INSTALL_DATADIR}/mlpipe FILES_MATCHING PATTERN "*.json")
install(DIRECTORY specs/ DESTINATION ${CMAKE_INSTALL_DOCDIR}/examples
  PATTERN .gitignore EXCLUDE
  PATTERN .mlpipe EXCLUDE PATTERN out EXCLUDE PATTERN __pycache__ EXCLUDE)  # what runs leave there
install(FILES README.md CHANGELOG.md scripts/packaging/copyright DESTINATION ${CMAKE_INSTALL_DOCDIR})

# Where each shell looks by itself (zsh: Debian's). A shell named here has its file in src/cli/completion.
set(completions bash zsh fish)
set(bash_completion mlpipe.bash ${CMAKE_INSTALL_DATADIR}/bash-completion/completions/mlpipe)
set(zsh_completion _mlpipe ${CMAKE_INSTALL_DATADIR}/zsh/vendor-completions/_mlpipe)
set(fish_completion mlpipe.fish ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d/mlpipe.fish)
foreach(shell IN LISTS completions)
  list(GET ${shell}_completion 0 file)
  list(GET ${shell}_completion 1 place)
  get_filename_component(folder ${place} DIRECTORY)
  get_filename_component(name ${place} NAME)
  install(FILES src/cli/completion/${file} DESTINATION ${folder} RENAME ${name})
endforeach()

# The examples name their schema by its place in the checkout: here it is another one.
install(CODE "
  set(mlpipe_examples \"${CMAKE_INSTALL_DOCDIR}/examples\")
  set(mlpipe_schemas \"${CMAKE_INSTALL_DATADIR}/mlpipe/schemas\")")
install(SCRIPT scripts/packaging/install_examples.cmake)

# The manual page is made by the program that is being installed, so it cannot be of another version,
# and a build that is never installed (sanitizers, cross-building) need not run it.
install(CODE "
  set(mlpipe_program \"$<TARGET_FILE:mlpipe>\")
  set(mlpipe_runner \"${CMAKE_CROSSCOMPILING_EMULATOR}\")
  set(mlpipe_is_foreign \"${CMAKE_CROSSCOMPILING}\")
  set(mlpipe_man_folder \"${CMAKE_INSTALL_MANDIR}/man1\")")
install(SCRIPT scripts/packaging/install_man_page.cmake)

# --- The Debian package --------------------------------------------------------
set(MLPIPE_MAINTAINER "The mlpipe maintainers <maintainers@mlpipe.invalid>" CACHE STRING
  "Who answers for the Debian package: Name <address>")

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME mlpipe)
set(CPACK_SET_DESTDIR ON)  # so that the install scripts see where things will lie in the end
set(CPACK_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS
  OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
set(CPACK_PRE_BUILD_SCRIPTS ${CMAKE_SOURCE_DIR}/scripts/packaging/debian_files.cmake)

set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)  # mlpipe_<version>_<architecture>.deb
set(CPACK_DEBIAN_PACKAGE_MAINTAINER "${MLPIPE_MAINTAINER}")
set(CPACK_DEBIAN_PACKAGE_SECTION science)
set(CPACK_DEBIAN_PACKAGE_PRIORITY optional)
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "machine-learning pipelines that reuse what has not changed")
set(CPACK_DEBIAN_PACKAGE_DESCRIPTION "\
mlpipe runs pipelines of commands and scripts on this machine. Steps, and
what they read and make, are declared in a YAML file; mlpipe orders them,
runs side by side what can, and takes from earlier runs whatever would come
out the same. It compares contents, not dates, and says for each step why
it ran.

Pipeline job files of Azure Machine Learning (CLI v2) are read as they are.
All state lies in one folder of the user's: there is no service and no
account. A run that is killed goes on where it was when it is started again.")
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
# libgit2 is loaded when a run records the state of its repository (src/base/libgit2_late.cpp).
# Without it `git` is asked, without both the run goes on and nothing is recorded: not "Depends".
string(REGEX MATCH "^[0-9]+\\.[0-9]+" libgit2_soversion "${libgit2_VERSION}")
# libcurl is loaded when an input is fetched (src/base/libcurl_late.cpp); whoever has no such input
# does not miss it. Time zones other than UTC are in tzdata, for schedules, which cron ticks.
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS
  "cron | cron-daemon, git, libcurl4 | libcurl3-gnutls, libgit2-${libgit2_soversion}, python3, tzdata")
set(CPACK_DEBIAN_PACKAGE_SUGGESTS "bash-completion, bubblewrap, openssh-client, python3-sklearn, r-base-core, strace")
include(CPack)
