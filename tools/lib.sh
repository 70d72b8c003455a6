# shellcheck shell=bash
# Shared by the scripts in this folder: where tools and build output live, and how a step is announced.
# Nothing here is specific to one machine; every place can be moved by an environment variable.

set -euo pipefail

REPOSITORY=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
# Tools and build output stay outside the checkout, so that a fresh clone on a warm machine is fast.
SELLTRAC_CACHE=${SELLTRAC_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/selltrac}
TOOLS=$SELLTRAC_CACHE/tools
export CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-$SELLTRAC_CACHE/target}
export PATH=$TOOLS/bin:$PATH

# What cargo-leptos writes and what the server serves, said once for both. Leptos reads some of it while it is compiled,
# so every build must see the same values.
export LEPTOS_OUTPUT_NAME=selltrac
export LEPTOS_SITE_ROOT=${LEPTOS_SITE_ROOT:-$CARGO_TARGET_DIR/site}
export LEPTOS_SITE_PKG_DIR=pkg
export LEPTOS_HASH_FILES=true
export LEPTOS_HASH_FILE_NAME=hash.txt

# Views whose types are not erased take the compiler more than ten minutes. cargo-leptos erases them, but only in
# development; whoever else builds them says so with these flags, so that all share one build of the dependencies.
ERASING_RUSTFLAGS="${RUSTFLAGS:+$RUSTFLAGS }--cfg erase_components"

say() { printf '[selltrac] %s\n' "$*"; }
fail() { printf '[selltrac] %s\n' "$*" >&2; exit 1; }
have() { command -v "$1" >/dev/null 2>&1; }

# Whether the second version is the first or newer: `version_at_least 1.96 1.95.0` is false.
version_at_least() { [ "$(printf '%s\n%s\n' "$1" "$2" | sort -V | head -n 1)" = "$1" ]; }

# A toolchain that setup.sh chose is remembered, because rustup's default may be another one.
use_chosen_toolchain() {
    if [ -f "$TOOLS/toolchain" ]; then
        RUSTUP_TOOLCHAIN=$(cat "$TOOLS/toolchain")
        export RUSTUP_TOOLCHAIN
    fi
}
use_chosen_toolchain

# The version of a locked crate: `locked_version wasm-bindgen`.
locked_version() {
    awk -v name="\"$1\"" '$1 == "name" && $3 == name { getline; gsub(/"/, "", $3); print $3; exit }' "$REPOSITORY/Cargo.lock"
}

# A browser that Playwright can drive: the one asked for, the system's, or Playwright's own.
find_chromium() {
    local candidate
    for candidate in "${SELLTRAC_CHROMIUM:-}" chromium chromium-browser google-chrome \
        "${PLAYWRIGHT_BROWSERS_PATH:-$HOME/.cache/ms-playwright}"/chromium-*/chrome-linux*/chrome; do
        # Ubuntu's chromium-browser may be a script that only asks for a snap; a real browser tells its version.
        if [ -n "$candidate" ] && have "$candidate" && "$candidate" --version >/dev/null 2>&1; then
            command -v "$candidate"
            return
        fi
    done
    return 1
}

# The folder of PostgreSQL's server programs, which Debian keeps out of PATH.
find_postgresql() {
    local folder
    if have initdb && have postgres; then
        dirname "$(readlink -f "$(command -v initdb)")"
        return
    fi
    for folder in $(printf '%s\n' /usr/lib/postgresql/*/bin /usr/pgsql-*/bin | sort -rV); do
        if [ -x "$folder/initdb" ] && [ -x "$folder/postgres" ]; then
            printf '%s\n' "$folder"
            return
        fi
    done
    return 1
}
