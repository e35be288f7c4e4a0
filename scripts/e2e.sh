#!/usr/bin/env bash
# Runs the browser tests against the real binary on a fresh demo province.
#   scripts/e2e.sh [playwright arguments]
# Pictures of the pages go to a temporary folder, or to E2E_SCREENS. E2E_DEMO makes another
# province: the specs count on an empty past, the pictures are better with one.
set -euo pipefail
cd "$(dirname "$0")/.."
work=$(mktemp -d)
port=${E2E_PORT:-18080}
NHASO_ADDR="127.0.0.1:$port" NHASO_DATA_DIR="$work" ./bin/nhaso demo ${E2E_DEMO:---no-history --households 3000} --oracle "$work/oracle.json" >"$work/demo.log" 2>&1 &
server=$!
trap 'kill $server 2>/dev/null || true; wait $server 2>/dev/null || true; rm -rf "$work"' EXIT
for _ in $(seq 1 600); do
  if NHASO_ADDR="127.0.0.1:$port" ./bin/nhaso health >/dev/null 2>&1; then break; fi
  kill -0 $server 2>/dev/null || { cat "$work/demo.log" >&2; exit 1; }
  sleep 0.5
done
cd frontend
BASE_URL="http://127.0.0.1:$port" E2E_ORACLE="$work/oracle.json" E2E_DATA_DIR="$work" E2E_SCREENS="${E2E_SCREENS:-$work/screens}" npm run e2e -- "$@"
