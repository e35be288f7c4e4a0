#!/usr/bin/env bash
# Takes the pictures of docs/teacher-guide.md anew from the built binary and makes them small enough for a slow line.
set -euo pipefail
cd "$(dirname "$0")/.."
command -v convert >/dev/null || { echo "needs ImageMagick (apt-get install imagemagick)" >&2; exit 1; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
E2E_SCREENS="$work" scripts/e2e.sh --project guide --retries 0
for picture in "$work"/guide-*.png; do
  # Flat pages need few colours; 64 keep letters clean.
  convert "$picture" -strip -dither None -colors 64 -define png:compression-level=9 "PNG8:docs/screenshots/$(basename "$picture")"
done
du -ch docs/screenshots/guide-*.png | tail -1
