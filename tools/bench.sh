#!/usr/bin/env bash
# Measures what must be fast, as it is delivered, and prints a table: tools/bench.sh lists transfer reading hostile
#   lists     pages of 25 out of 500 and of 50,000 items and customers, against a bare handler that asks and answers the same
#   transfer  files of 50,000 rows in and out: rows a second and the most memory, on SQLite, and on PostgreSQL where
#             SELLTRAC_TEST_POSTGRES names a server
#   reading   comments read a second, beside a bare Aho–Corasick pass; then, in the browser, a paste of 10,000 comments and one
#             more: both sides are built for production, in folders of their own
#   hostile   ten thousand hostile requests to the program while others sign in again and again, in known browsers and in new
#             ones: how long that takes, the most memory, panics; fails if a bound is not kept. SELLTRAC_BENCH_PROFILE=dev takes a program that is built already
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
cd "$REPOSITORY"
# As tools/build.sh builds a release.
export RUSTFLAGS=$ERASING_RUSTFLAGS

bench_lists() { cargo bench --locked --profile release -p server --bench lists; }
bench_transfer() { cargo run --quiet --locked --release -p services --features testing --example transfer; }
bench_reading() {
    local browser
    cargo bench --locked -p domain --bench reading
    export LEPTOS_SITE_ROOT=$CARGO_TARGET_DIR/release-site
    cargo leptos build --release
    browser=$(find_chromium) || fail "there is no browser; see tools/setup.sh"
    (cd end2end && SELLTRAC_CHROMIUM=$browser SELLTRAC_PROGRAM=$CARGO_TARGET_DIR/release/selltrac \
        npx playwright test reading-speed --project=desktop --workers=1)
}
bench_hostile() { cargo bench --locked --profile "${SELLTRAC_BENCH_PROFILE:-release}" -p server --bench hostile; }

[ $# -gt 0 ] || fail "say what to measure; see the head of tools/bench.sh"
for what in "$@"; do
    declare -F "bench_$what" >/dev/null || fail "there is nothing called $what; see the head of tools/bench.sh"
done
for what in "$@"; do "bench_$what"; done
