#!/usr/bin/env bash
# Installs what `make test-browser` runs, on Debian: Chromium, the library that drives it (pinned by hash in tests/browser/package-lock.json), and an application
# to use in it. None of these packages starts a service.
set -euo pipefail
cd "$(dirname "$0")/.."

declare -A packages=([chromium]=chromium [node]=nodejs [npm]=npm [php]=php-cli)
missing=()
for program in "${!packages[@]}"; do command -v "$program" >/dev/null || missing+=("${packages[$program]}"); done
php -m 2>/dev/null | grep -qi '^sqlite3$' || missing+=(php-sqlite3)
[ -d /usr/share/adminer ] || missing+=(adminer)

if [ ${#missing[@]} -gt 0 ]; then
  if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null; then
    echo "needed: ${missing[*]} (on Debian, as root: apt-get install ${missing[*]})" >&2
    exit 1
  fi
  echo "installing ${missing[*]}" >&2
  export DEBIAN_FRONTEND=noninteractive
  { apt-get update && apt-get install --yes --no-install-recommends "${missing[@]}"; } </dev/null >&2
fi

# npm writes its own lock file last.
if [ ! tests/browser/node_modules/.package-lock.json -nt tests/browser/package-lock.json ]; then
  npm ci --prefix tests/browser --ignore-scripts --no-audit --no-fund </dev/null >&2
fi
