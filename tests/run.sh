#!/usr/bin/env bash
# Runs every built test project, or the one that is named, and ends with one line: "N passed, N failed".
# The numbers come from each project's TRX report; a project that leaves none has failed. One that does not end is ended, and its log names the tests that ran long.
set -uo pipefail
cd "$(dirname "$0")/.."

results=artifacts/tests
# Of one project, in seconds; the longest takes about 150 on two cores.
limit=600
rm -rf "$results"
mkdir -p "$results"

passed=0 failed=0 skipped=0
counter() { sed -n "s/.*<Counters[^>]* $2=\"\([0-9]*\)\".*/\1/p" "$1" | head -n 1; }

for folder in tests/*.Tests; do
  project=$(basename "$folder")
  [ $# -eq 0 ] || [ "$1" = "$project" ] || continue

  started=$SECONDS
  timeout --signal KILL $limit dotnet "$folder/bin/Debug/net10.0/Portcullis.$project.dll" --progress off --no-ansi --ignore-exit-code 8 --xunit-diagnostics on --long-running 60 \
    --results-directory "$results" --report-trx --report-trx-filename "$project.trx" </dev/null >"$results/$project.log" 2>&1
  status=$?

  report="$results/$project.trx"
  if [ -f "$report" ]; then
    p=$(counter "$report" passed) f=$(counter "$report" failed) s=$(counter "$report" notExecuted)
  else
    p=0 f=1 s=0
  fi
  [ $status -ne 137 ] || echo "$project did not end within $limit s and was ended; the tests that ran long are named above" >>"$results/$project.log"
  # A run that failed without a failed test crashed, or broke off; that must not look green.
  [ $status -eq 0 ] || [ "${f:-0}" -gt 0 ] || f=1

  [ $status -eq 0 ] || cat "$results/$project.log"
  [ "${s:-0}" -eq 0 ] || grep -A 1 '^skipped ' "$results/$project.log"
  printf '%-20s %4d passed %4d failed %4d skipped  %3d s\n' "$project" "${p:-0}" "${f:-0}" "${s:-0}" $((SECONDS - started))
  passed=$((passed + ${p:-0})) failed=$((failed + ${f:-0})) skipped=$((skipped + ${s:-0}))
done

[ $skipped -eq 0 ] || echo "$skipped skipped; what they need is named above"
echo "$passed passed, $failed failed"
[ $failed -eq 0 ]
