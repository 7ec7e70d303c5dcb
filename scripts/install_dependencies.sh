#!/usr/bin/env bash
# Installs the Debian packages that are missing. Usage: scripts/install_dependencies.sh [GROUP...]
#   build      to build mlpipe (the default)
#   pipelines  to run the examples in specs/
#   test       build and pipelines, and what the tests need besides; among it, in tests/schemas, the
#              language server of editors, from npm's registry
#   package    for scripts/package.sh, besides build
#   package-test  for scripts/test_package.sh, besides package
#   ci         test, package and package-test, and clang with its tools, for .ci/run
#   bench      build, and what scripts/bench.sh compares mlpipe with
# As root, or through sudo. Calling it again is instant when everything is there.
set -euo pipefail

build=(g++ cmake ninja-build pkgconf git ccache mold catch2 libabsl-dev libcli11-dev libcurl4-openssl-dev libfmt-dev
  libgit2-dev libsqlite3-dev libxxhash-dev libyaml-cpp-dev nlohmann-json3-dev tzdata zlib1g-dev)
pipelines=(bash coreutils mawk python3 python3-sklearn python3-matplotlib)
test=(bsdutils bubblewrap chromium cron fish fonts-dejavu-core graphviz groff-base krb5-admin-server krb5-kdc krb5-user libfaketime librsvg2-bin openssh-client openssh-server poppler-utils procps python3-fusepy python3-jsonschema
  python3-yaml strace util-linux zsh)
# A Node.js that is not Debian's brings its npm along, and Debian's npm would not go with it.
command -v node >/dev/null && command -v npm >/dev/null || test+=(nodejs npm)
package=(dpkg-dev gzip)
package_test=(bubblewrap debootstrap lintian)
bench=(bash findutils make python3 snakemake time util-linux xxhash)
ci=(clang-14 libclang-rt-14-dev clang clang-format-14 clang-tidy-14 llvm shellcheck)

packages_of() {
  case $1 in
    build) printf '%s\n' "${build[@]}" ;;
    bench) printf '%s\n' "${build[@]}" "${bench[@]}" ;;
    pipelines) printf '%s\n' "${pipelines[@]}" ;;
    test) printf '%s\n' "${build[@]}" "${pipelines[@]}" "${test[@]}" ;;
    package) printf '%s\n' "${package[@]}" ;;
    package-test) printf '%s\n' "${package[@]}" "${package_test[@]}" ;;
    ci)
      printf '%s\n' "${build[@]}" "${pipelines[@]}" "${test[@]}" "${package[@]}" "${package_test[@]}" "${ci[@]}"
      ;;
    *)
      echo "install_dependencies.sh: no group '$1'; there are build, pipelines, test, package, package-test, ci, bench" >&2
      return 2
      ;;
  esac
}

as_root() {
  if [[ $EUID == 0 ]]; then
    "$@"
  elif command -v sudo >/dev/null; then
    sudo "$@"
  else
    echo "install_dependencies.sh: needs root or sudo for: $*" >&2
    return 1
  fi
}

# What tests/schemas/package-lock.json pins, unless it is there. Without a network one test is skipped.
install_language_server() {
  local folder
  folder=$(cd "$(dirname "$0")/.." && pwd)/tests/schemas
  [[ $folder/package-lock.json -nt $folder/node_modules/.package-lock.json ]] || return 0
  echo "Installing: yaml-language-server, into tests/schemas/node_modules" >&2
  npm ci --prefix "$folder" --ignore-scripts --no-audit --no-fund --loglevel=error </dev/null >&2 ||
    echo "install_dependencies.sh: 'npm ci' failed; the test of the editor will be skipped" >&2
}

wanted=()
for group in "${@:-build}"; do
  list=$(packages_of "$group")
  mapfile -t -O "${#wanted[@]}" wanted <<<"$list"
done

installed=$(dpkg-query -W -f '${db:Status-Status} ${Package}\n' "${wanted[@]}" 2>/dev/null |
  sed -n 's/^installed //p') || true
mapfile -t missing < <(printf '%s\n' "${wanted[@]}" | sort -u |
  grep -vxF -f <(printf '%s\n' "$installed") || true)
if [[ ${#missing[@]} != 0 ]]; then
  echo "Installing: ${missing[*]}" >&2
  apt=(env DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=300)
  as_root "${apt[@]}" update </dev/null ||
    echo "install_dependencies.sh: 'apt-get update' failed; going on with the lists that are there" >&2
  as_root "${apt[@]}" install -y --no-install-recommends "${missing[@]}" </dev/null
fi
for group in "${@:-build}"; do
  case $group in
    test | ci) install_language_server; break ;;
  esac
done
