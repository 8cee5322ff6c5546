#!/bin/sh
# Everything of @bcl for a Linux machine without network: unpacks itself, then runs.
#     sh bcl-offline.sh [--into <folder>] [doctor | conformance … | bench … | gpu … | reproduce … | all | bcl …]
set -eu
into=./bcl-offline
if [ "${1:-}" = --into ]; then
  into=${2:?--into needs a folder}
  shift 2
fi
if [ "$(uname -s) $(uname -m)" != 'Linux x86_64' ]; then
  echo "bcl-offline: is for Linux on x86_64, got $(uname -s) $(uname -m)" >&2
  exit 1
fi
if [ ! -e "$into/ready" ]; then
  echo "unpacking into $into …" >&2
  mkdir -p "$into/app"
  sed '1,/^# --- the archive ---$/d' "$0" | gzip -dc | tar -xf - -C "$into"
  "$into/run" unpack
fi
exec "$into/run" "$@"
# --- the archive ---
