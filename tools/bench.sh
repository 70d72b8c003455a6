#!/usr/bin/env bash
# Measures what must be fast, as it is delivered, and prints a table: tools/bench.sh lists transfer
#   lists     pages of 25 out of 500 and of 50,000 items and customers, against a bare handler that asks and answers the same
#   transfer  files of 50,000 rows in and out: rows a second and the most memory, on SQLite, and on PostgreSQL where
#             SELLTRAC_TEST_POSTGRES names a server
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
cd "$REPOSITORY"

bench_lists() { cargo bench --locked --profile release -p server --bench lists; }
bench_transfer() { cargo run --quiet --locked --release -p services --features testing --example transfer; }

[ $# -gt 0 ] || fail "say what to measure; see the head of tools/bench.sh"
for what in "$@"; do
    declare -F "bench_$what" >/dev/null || fail "there is nothing called $what; see the head of tools/bench.sh"
done
for what in "$@"; do "bench_$what"; done
