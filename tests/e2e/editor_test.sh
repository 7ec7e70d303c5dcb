#!/usr/bin/env bash
# VS Code's language server finds the mistakes of a file, completes keys and explains them, by our schemas.
. "$(dirname "$0")/lib.sh"

server=$REPOSITORY/tests/schemas/node_modules/yaml-language-server/bin/yaml-language-server
[[ -e $server ]] || skip "no yaml-language-server: scripts/install_dependencies.sh test installs it"
command -v node >/dev/null || skip "no node: scripts/install_dependencies.sh test installs it"

mkdir files
/usr/bin/python3 "$REPOSITORY/tests/schemas/editor.py" "$server" "$REPOSITORY" "$work/files" >out ||
  { cat out; fail "the editor does not see what it should"; }
cat out
