#!/usr/bin/env bash
# `cmake --install` puts the program and all that belongs to it in its place; the installed copy works.
. "$(dirname "$0")/lib.sh"

build=$(dirname "$MLPIPE")
[[ -f $build/cmake_install.cmake ]] || skip "$MLPIPE does not lie in its build directory"
expect_code 0 cmake --install "$build" --prefix "$work/usr"
installed=$(cd usr && find . -type f | sort)
for file in bin/mlpipe share/man/man1/mlpipe.1.gz share/mlpipe/schemas/run-events.schema.json \
  share/bash-completion/completions/mlpipe share/zsh/vendor-completions/_mlpipe \
  share/fish/vendor_completions.d/mlpipe.fish share/doc/mlpipe/README.md share/doc/mlpipe/CHANGELOG.md share/doc/mlpipe/copyright \
  share/doc/mlpipe/examples/breast-cancer/train/train.py; do
  [[ -s usr/$file ]] || { echo "$installed"; fail "$file is not installed"; }
done
for file in "$REPOSITORY"/schemas/*.json; do
  cmp "$file" "usr/share/mlpipe/schemas/$(basename "$file")"
done
# What runs of the examples leave behind in a checkout is not installed.
! grep -E '/(\.mlpipe|out|__pycache__|\.gitignore)(/|$)' <<<"$installed" || fail "the above are no examples"
zcat usr/share/man/man1/mlpipe.1.gz | cmp - <(mlpipe help --man)
# An example finds its schema wherever it is copied to.
schema=$(sed -n '1s/.*\$schema=//p' usr/share/doc/mlpipe/examples/hello/pipeline.yaml)
[[ $schema == "$work/usr/share/mlpipe/schemas/pipeline.schema.json" && -f $schema ]] || fail "schema: '$schema'"
diff <(sed 1d usr/share/doc/mlpipe/examples/hello/pipeline.yaml) <(sed 1d "$REPOSITORY/specs/hello/pipeline.yaml")

cp -r usr/share/doc/mlpipe/examples/hello .
expect_code 0 usr/bin/mlpipe run hello/pipeline.yaml
expect_out "3 ran, 0 reused"

# Into a stage for a package, as an unprivileged prefix would be.
DESTDIR="$work/stage" expect_code 0 cmake --install "$build" --prefix /usr
[[ -s stage/usr/share/man/man1/mlpipe.1.gz && -x stage/usr/bin/mlpipe ]] || fail "DESTDIR is not obeyed"
[[ $(stat -c %a stage/usr/share/man/man1/mlpipe.1.gz) == 644 ]] || fail "rights of the manual page"
