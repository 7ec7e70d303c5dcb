#!/usr/bin/env bash
# Makes the Debian package build/PRESET/mlpipe_<version>_<architecture>.deb and prints its path.
# Usage: scripts/package.sh [PRESET]     (default: release)
# Another preset, such as dev, is for tests of the packaging itself: it is built sooner.
set -euo pipefail
cd "$(dirname "$0")/.."
preset=${1:-release}

{  # all but the path goes to stderr
  scripts/install_dependencies.sh build package
  cmake --preset "$preset"
  cmake --build --preset "$preset" --target mlpipe
  rm -f "build/$preset"/mlpipe_*.deb
  # What git checked out may be writable for the group; what is installed is not.
  umask 022
  cpack -G DEB --config "build/$preset/CPackConfig.cmake" -B "build/$preset"
} >&2
ls "$PWD/build/$preset"/mlpipe_*.deb
