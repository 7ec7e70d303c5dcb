#!/usr/bin/env bash
# Installs what the tests need, builds, runs all tests. Usage: scripts/test.sh [CTEST-ARGUMENT...]
#   scripts/test.sh              everything
#   scripts/test.sh -L unit      the unit tests
#   scripts/test.sh -R e2e.hello one end-to-end test
set -euo pipefail
cd "$(dirname "$0")/.."

scripts/install_dependencies.sh test
cmake --preset dev
cmake --build --preset dev
exec ctest --preset dev "$@"
