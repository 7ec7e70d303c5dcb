#!/usr/bin/env bash
# Fails if a file under src/ includes a layer it must not know, if files include each other in a cycle, or if
# two headers define a type of the same name (the linker would take either for both).
# Each line: a folder, then the folders it may include (besides itself). The table is src/README.md's.
set -euo pipefail
cd "${1:-$(dirname "$0")/../src}"

allowed() {
  case $1 in
    base)      echo "" ;;
    core|store|target|datastore) echo "base" ;;
    remote)    echo "base store target" ;;
    spec)      echo "base core" ;;
    history)   echo "base core" ;;
    view)      echo "base core history" ;;
    registry)  echo "base core history" ;;
    engine)    echo "base core store target datastore remote spec history registry" ;;
    server)    echo "base core spec store history registry view" ;;
    cli)       echo "base core store target datastore remote spec history registry engine server view" ;;
    *)         echo "?" ;;
  esac
}

status=0
for file in */*.h */*.cpp; do
  layer=${file%%/*}
  for used in $(sed -n 's|^#include "\([a-z_]*\)/.*|\1|p' "$file" | sort -u); do
    [[ $used == "$layer" ]] && continue
    if [[ " $(allowed "$layer") " != *" $used "* ]]; then
      echo "$file: '$layer' must not include '$used'"
      status=1
    fi
  done
done

# Cycles between units (a header and its source are one unit): tsort names what is in a loop.
pairs=$(for file in */*.h */*.cpp; do
  unit=${file%.*}
  sed -n 's|^#include "\([a-z_/]*\)\.h".*|\1|p' "$file" | while read -r used; do
    [[ $used == "$unit" ]] || echo "$unit $used"
  done
done)
if ! loops=$(tsort <<<"$pairs" 2>&1 >/dev/null); then
  echo "files include each other in a cycle:"
  echo "$loops"
  status=1
fi

twice=$(grep -hoE '^(struct|class|enum class) [A-Z][A-Za-z0-9]+( final)?( :.*)? \{' */*.h |
  sed -E 's/^(struct|class|enum class) ([A-Za-z0-9]+).*/\2/' | sort | uniq -d)
if [[ -n $twice ]]; then
  echo "types that two headers define:" $twice
  status=1
fi
exit $status
