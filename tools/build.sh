#!/usr/bin/env bash
# Builds both sides, the browser's and the server's.
#   tools/build.sh            for development, quickly: $CARGO_TARGET_DIR/debug/selltrac and its site
#   tools/build.sh release    for production, small and fast: target/release-bundle with all that a server needs
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
cd "$REPOSITORY"

case ${1:-development} in
    development)
        cargo leptos build
        # The server takes what is pressed already; pressing the browser's part anew for every visitor takes it seconds.
        rm -f "$LEPTOS_SITE_ROOT"/pkg/*.gz
        gzip --keep --fast "$LEPTOS_SITE_ROOT"/pkg/*.wasm
        ;;
    release)
        bundle=$REPOSITORY/target/release-bundle
        rm -rf "$bundle"
        mkdir -p "$bundle"
        # The site is made in the bundle, so that a release never replaces the site that a development server is serving.
        RUSTFLAGS=$ERASING_RUSTFLAGS LEPTOS_SITE_ROOT=$bundle/site cargo leptos build --release --precompress
        cp "$CARGO_TARGET_DIR/release/selltrac" "$CARGO_TARGET_DIR/release/$LEPTOS_HASH_FILE_NAME" "$bundle"
        say "the program and its site are in $bundle"
        ;;
    *) fail "usage: tools/build.sh [release]" ;;
esac
