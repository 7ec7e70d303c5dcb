#!/usr/bin/env bash
# Makes the README's pictures (scripts/pictures/) by the program itself. Usage: scripts/pictures.sh [MLPIPE]
# Needs what the tests need (scripts/install_dependencies.sh test). Works in /tmp/demo, so that no path
# of this machine is seen.
set -euo pipefail
cd "$(dirname "$0")/.."
repository=$PWD
mlpipe=$(realpath "${1:-build/release/mlpipe}")
pictures=$repository/scripts/pictures

# As a machine called "laptop", where that is allowed.
if [[ -z ${MLPIPE_PICTURES_INSIDE:-} ]] && unshare -u true 2>/dev/null; then
  exec env MLPIPE_PICTURES_INSIDE=1 unshare -u bash -c 'hostname laptop; exec "$0" "$@"' \
    "$repository/scripts/pictures.sh" "$mlpipe"
fi

demo=/tmp/demo
mkdir "$demo"  # fails if somebody has one
trap 'chmod -R u+rwX "$demo" && rm -rf "$demo"' EXIT
mkdir "$demo/bin"
ln -s "$mlpipe" "$demo/bin/mlpipe"
cp -r specs/breast-cancer "$demo/breast-cancer"
cd "$demo/breast-cancer"
export PATH=$demo/bin:$PATH MLPIPE_SLOT_DIRECTORY=$demo/slots
export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_SYSTEM=/dev/null

python3 "$pictures/terminal_svg.py" "$pictures/run.svg" \
  "A terminal: the first run of the breast cancer example runs six steps, the second reuses all six, a third with another parameter runs three and says why" \
  "mlpipe run pipeline.yaml" \
  "mlpipe run pipeline.yaml" \
  "mlpipe run pipeline.yaml -p n_estimators=200"
TERMINAL_COLUMNS=124 python3 "$pictures/terminal_svg.py" "$pictures/show.svg" \
  "A terminal: mlpipe show lists the steps of a run with status, time, memory, reason and metrics, and draws when each ran" \
  "mlpipe show"

mlpipe report latest -o "$demo/run.html" >/dev/null
python3 - "$repository/tests/browser" "$demo/run.html" "$pictures/report.png" <<'END'
import sys
sys.path.insert(0, sys.argv[1])
from chromium import Chromium
with Chromium() as browser:
    page = browser.open("file://" + sys.argv[2], width=1160, height=1152)
    page.screenshot(sys.argv[3], whole=False)
END
ls -l "$pictures"/*.svg "$pictures"/*.png
size=$(stat -c %s "$pictures/report.png")
((size <= 200000)) || { echo "pictures.sh: report.png has $size bytes, more than 200000" >&2; exit 1; }
