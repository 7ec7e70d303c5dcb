# Run by CPack on the tree it is about to pack: what only a Debian package has.
set(documents ${CPACK_TEMPORARY_DIRECTORY}/usr/share/doc/mlpipe)
string(TIMESTAMP date "%a, %d %b %Y %H:%M:%S +0000" UTC)  # SOURCE_DATE_EPOCH holds
file(WRITE ${documents}/changelog
"mlpipe (${CPACK_PACKAGE_VERSION}) unstable; urgency=medium

  * What is new stands in /usr/share/doc/mlpipe/CHANGELOG.md.

 -- ${CPACK_DEBIAN_PACKAGE_MAINTAINER}  ${date}
")
execute_process(COMMAND gzip -9nf ${documents}/changelog COMMAND_ERROR_IS_FATAL ANY)

# The helper for other machines, which the program carries, is static on purpose: it runs where no
# library of ours is installed.
set(overrides ${CPACK_TEMPORARY_DIRECTORY}/usr/share/lintian/overrides)
file(WRITE ${overrides}/mlpipe "mlpipe: embedded-library * [usr/bin/mlpipe]\n")
