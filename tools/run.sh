#!/usr/bin/env bash
# Builds SellTrac for development and runs it with the arguments given: `tools/run.sh demo`, `tools/run.sh migrate`, ...
# With --watch it builds and restarts whenever a source file changes, and the browser reloads by itself.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
cd "$REPOSITORY"

if [ "${1:-}" = --watch ]; then
    shift
    exec cargo leptos watch -- "$@"
fi
tools/build.sh
exec "$CARGO_TARGET_DIR/debug/selltrac" "$@"
