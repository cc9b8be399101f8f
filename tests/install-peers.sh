#!/usr/bin/env bash
# Installs the real peers of the interoperability tests on Debian. Elsewhere, or without root, it names what is left out and goes on:
# the tests that need a missing peer are skipped by name.
set -euo pipefail

declare -A packages=([nginx]=nginx-light [apache2]=apache2 [openssl]=openssl [curl]=curl)
missing=()
for program in "${!packages[@]}"; do
  PATH="$PATH:/usr/sbin" command -v "$program" >/dev/null || missing+=("${packages[$program]}")
done
[ ${#missing[@]} -eq 0 ] && exit 0

if [ ! -e /etc/debian_version ] || ! command -v apt-get >/dev/null; then
  echo "left out: ${missing[*]} (not Debian; install them yourself to run the tests that need them)" >&2
  exit 0
fi
if [ "$(id -u)" -ne 0 ]; then
  echo "left out: ${missing[*]} (not root; 'sudo apt-get install ${missing[*]}' to run the tests that need them)" >&2
  exit 0
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
log=$(mktemp)
if ! { apt-get update && apt-get install --yes --no-install-recommends "${missing[@]}"; } >"$log" 2>&1 </dev/null; then
  cat "$log" >&2
  echo "left out: ${missing[*]} (apt-get failed, see above)" >&2
fi
rm -f "$log"
