#!/usr/bin/env bash
# Rewriting the expected files must change none of them: neither their content nor which ones there are.
set -euo pipefail
cd "$(dirname "$0")/.."

digests() { find tests -path '*/Cases/*' -type f -not -path '*/bin/*' -not -path '*/obj/*' -print0 | sort -z | xargs -0 -r sha256sum; }

before=$(digests)
make golden >/dev/null
if ! diff <(echo "$before") <(echo "$(digests)") >&2; then
  echo "golden files changed: review 'git diff' and commit it with the change that explains it" >&2
  exit 1
fi
