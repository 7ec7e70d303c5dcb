#!/usr/bin/env bash
# Installs the Debian package in a clean Debian, runs it there as an ordinary user without network,
# and removes it. Usage: scripts/test_package.sh [FILE.deb]
# Without FILE the package is made from the dev preset, which the tests have built anyway: the same
# files and CPack settings as in a release, in seconds instead of minutes.
# The clean system is fetched by debootstrap once and kept in build/ as a tarball. Needs root (or
# sudo), and Debian's archive, also for the package's dependencies. Says for each part how long it took.
set -euo pipefail
repository=$(cd "$(dirname "$0")/.." && pwd)
package=${1:-}
[[ -z $package ]] || package=$(realpath "$package")
cd "$repository"

if [[ $EUID != 0 ]]; then
  command -v sudo >/dev/null || { echo "test_package.sh: needs root or sudo" >&2; exit 1; }
  [[ -n $package ]] || package=$(scripts/package.sh dev)  # not as root: build/ stays the caller's
  exec sudo "$repository/scripts/test_package.sh" "$package"
fi

scripts/install_dependencies.sh package-test >&2
work=$(mktemp -d)
root=$work/root
leave() {
  local code=$?
  for place in proc sys; do  # debootstrap mounts them; it may have been interrupted
    if mountpoint -q "$root/$place"; then umount "$root/$place"; fi
  done
  rm -rf --one-file-system "$work"
  exit "$code"
}
trap leave EXIT

fail() {
  echo "test_package.sh: FAILED: $1" >&2
  exit 1
}

begin=$SECONDS
did() {
  echo "-- $1: $((SECONDS - begin)) s"
  begin=$SECONDS
}

# The suite and the mirror of this machine.
suite=$(. /etc/os-release && echo "${VERSION_CODENAME:?this is no Debian}")
mirror=$(apt-get indextargets --format '$(SITE) $(RELEASE)' "Created-By: Packages" "Codename: $suite" 2>/dev/null |
  awk 'NR == 1 {print $1}')
mirror=${mirror:-http://deb.debian.org/debian}
architecture=$(dpkg --print-architecture)

make_root() {
  local tarball=build/clean-$suite-$architecture.tar
  mkdir -p "$root" build
  if [[ ! -f $tarball ]]; then
    debootstrap --variant=minbase "$suite" "$root" "$mirror" >"$work/debootstrap.log" ||
      { tail -20 "$work/debootstrap.log" >&2; fail "debootstrap $suite from $mirror"; }
    # A file that is only half written must not be taken next time.
    tar -C "$root" --numeric-owner -cf "$tarball.$$" . && mv "$tarball.$$" "$tarball"
  else
    tar -C "$root" --numeric-owner -xf "$tarball"
  fi
  cp /etc/resolv.conf "$root/etc/resolv.conf"
  printf '#!/bin/sh\nexit 101\n' >"$root/usr/sbin/policy-rc.d"  # no service is started in there
  chmod +x "$root/usr/sbin/policy-rc.d"
  chroot "$root" useradd --uid 1000 --create-home someone
}

in_root() { env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 \
  DEBIAN_FRONTEND=noninteractive chroot "$root" "$@"; }

# As an ordinary user, without network, with a /proc and /dev of its own.
as_someone() {
  env -i PATH=/usr/bin:/bin HOME=/home/someone USER=someone LC_ALL=C.UTF-8 \
    bwrap --bind "$root" / --proc /proc --dev /dev --tmpfs /dev/shm --unshare-net --unshare-pid \
    --die-with-parent --chdir /home/someone setpriv --reuid someone --regid someone --clear-groups "$@"
}

check_lint() {
  # No error; warnings are shown.
  lintian --allow-root --fail-on error "$package" || fail "lintian"
}

files_in_root() {  # all but what apt, dpkg and logs keep for themselves
  (cd "$root" && find . \( -path ./proc -o -path ./dev -o -path ./var/cache -o -path ./var/lib/apt \
    -o -path ./var/lib/dpkg -o -path ./var/log -o -path ./tmp -o -path ./home \) -prune -o -print | sort)
}

install_dependencies_in_root() {
  in_root apt-get -qq update
  # First only what it depends on: what is left after its removal is then a difference to this.
  local names
  names=$(dpkg-deb -f "$package" Depends | sed 's/([^)]*)//g; s/|[^,]*//g; s/,/ /g')
  # shellcheck disable=SC2086  # several words
  in_root apt-get -qq -y --no-install-recommends install $names >"$work/apt.log" 2>&1 ||
    { tail -20 "$work/apt.log" >&2; fail "its dependencies cannot be installed"; }
}

install_in_root() {
  cp "$package" "$root/tmp/mlpipe.deb"
  in_root apt-get -qq -y --no-install-recommends install /tmp/mlpipe.deb >"$work/apt.log" 2>&1 ||
    { tail -20 "$work/apt.log" >&2; fail "apt-get install"; }
}

completions=(share/bash-completion/completions/mlpipe share/zsh/vendor-completions/_mlpipe
  share/fish/vendor_completions.d/mlpipe.fish)

expect_files() {
  local file
  for file in bin/mlpipe share/man/man1/mlpipe.1.gz share/mlpipe/schemas/pipeline.schema.json \
    share/doc/mlpipe/README.md share/doc/mlpipe/CHANGELOG.md share/doc/mlpipe/copyright \
    share/doc/mlpipe/changelog.gz share/doc/mlpipe/examples/hello/pipeline.yaml \
    "${completions[@]}"; do
    [[ -s $root/usr/$file ]] || fail "/usr/$file is not there"
  done
  grep -qF '$schema=/usr/share/mlpipe/schemas/pipeline.schema.json' \
    "$root/usr/share/doc/mlpipe/examples/hello/pipeline.yaml" || fail "the examples do not name the schema"
  [[ -z $(find "$root/usr/share/doc/mlpipe" "$root/usr/share/mlpipe" -perm /022) ]] ||
    fail "others may write to installed files"
}

check_man_page() {
  local warnings
  gzip -t "$root/usr/share/man/man1/mlpipe.1.gz"
  warnings=$(zcat "$root/usr/share/man/man1/mlpipe.1.gz" | groff -man -ww -Tutf8 2>&1 >"$work/page")
  [[ -z $warnings ]] || fail "the manual page: $warnings"
  grep -q 'nothing runs' "$work/page" || fail "the manual page lacks the topic 'spec'"
}

expect_words() {  # expect_words WORDS COMMAND...: run as someone; its output holds the words
  local words=$1 output
  shift
  output=$(as_someone "$@" 2>&1) || fail "exit code $? of: $* ($output)"
  [[ $output == *"$words"* ]] || fail "'$words' is not in the output of: $* ($output)"
}

run_example() {
  local version
  version=$(dpkg-deb -f "$package" Version)
  expect_words "mlpipe ${version%%-*}" mlpipe --version
  expect_words "mlpipe help TOPIC" mlpipe help
  expect_words "a pipeline file is" sh -c 'mlpipe help spec | tr "[:upper:]" "[:lower:]"'
  as_someone cp -r /usr/share/doc/mlpipe/examples/hello hello
  expect_words "3 ran, 0 reused" mlpipe run hello/pipeline.yaml
  expect_words "HELLO, WORLD!" cat hello/out/message.txt
  expect_words "nothing to do, all 3 steps reused" mlpipe run hello/pipeline.yaml
  [[ $(stat -c %u "$root/home/someone/hello/.mlpipe") == 1000 ]] || fail "it ran as another user"
  [[ $(as_someone grep -o '[a-z0-9]*:' /proc/net/dev) == lo: ]] || fail "there is network in there"
}

remove_from_root() {
  in_root apt-get -qq -y remove mlpipe >"$work/apt.log" 2>&1 ||
    { tail -20 "$work/apt.log" >&2; fail "apt-get remove"; }
  files_in_root >"$work/after"
  diff "$work/before" "$work/after" >&2 || fail "apt-get remove left the above"
  # No configuration either, for which dpkg would go on knowing it.
  ! in_root dpkg-query -W mlpipe >/dev/null 2>&1 || fail "dpkg still knows the package"
}

[[ -n $package ]] || package=$(scripts/package.sh dev)
did "the package"
check_lint
did "lintian"
make_root
did "a clean $suite"
install_dependencies_in_root
files_in_root >"$work/before"
install_in_root
did "apt-get install"
expect_files
check_man_page
run_example
did "using it"
remove_from_root
did "apt-get remove"
