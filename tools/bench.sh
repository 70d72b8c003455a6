#!/usr/bin/env bash
# Measures and prints tables: tools/bench.sh lists
#   lists     pages of 25 out of 500 and of 50,000 items and customers, against a bare handler that asks and answers the same
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
cd "$REPOSITORY"

case ${1:-} in
    lists)
        # As it is delivered, not as the tests are built.
        cargo bench --locked --profile release -p server --bench lists
        ;;
    *) fail "usage: tools/bench.sh lists" ;;
esac
