#!/usr/bin/env bash
# Every check there is, or only the steps that are named: tools/test.sh [setup] [format] [clippy] [docs] [tests] [build] [browser] [unit]
#   setup     installs what is missing
#   format    the source is formatted
#   clippy    no warning from the compiler or clippy, on either side
#   docs      no warning from rustdoc
#   unit      the rules alone, in seconds; not among the steps of a full run, because `tests` runs them too
#   tests     the tests of every package but the browser's, each database test on SQLite and on a PostgreSQL started for it
#   build     both sides, as the browser tests need them
#   browser   Playwright in Chromium, on a desktop and on a phone
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
cd "$REPOSITORY"

# The browser's package is never named together with these: cargo would join the features of both sides.
server_side=(-p domain -p migrations -p sandbox -p services -p app -p server)
browser_side=(-p frontend --target wasm32-unknown-unknown --target-dir "$CARGO_TARGET_DIR/front")
cargo_development() { RUSTFLAGS=$ERASING_RUSTFLAGS cargo "$@"; }

run_tests() {
    # Examples in the documentation come first; nextest does not know them.
    cargo_development test --locked --doc "$@"
    if have cargo-nextest; then
        cargo_development nextest run --locked --no-fail-fast "$@"
    else
        cargo_development test --locked --no-fail-fast --all-targets "$@"
    fi
}

step_setup() { tools/setup.sh test; }
step_format() { cargo fmt --all --check; }
step_clippy() {
    cargo_development clippy --locked "${server_side[@]}" --all-targets -- -D warnings
    cargo_development clippy --locked "${browser_side[@]}" -- -D warnings
}
step_docs() {
    RUSTDOCFLAGS='-D warnings' cargo_development doc --locked --no-deps "${server_side[@]}"
    RUSTDOCFLAGS='-D warnings' cargo_development doc --locked --no-deps "${browser_side[@]}"
}
step_unit() { run_tests -p domain; }
step_tests() {
    postgresql_folder=$(mktemp -u "${TMPDIR:-/tmp}/selltrac-postgresql-XXXXXX")
    SELLTRAC_TEST_POSTGRES=$(tools/postgres.sh start "$postgresql_folder")
    export SELLTRAC_TEST_POSTGRES
    run_tests "${server_side[@]}"
    stop_postgresql
}
step_build() { tools/build.sh; }
step_browser() {
    SELLTRAC_CHROMIUM=$(find_chromium)
    SELLTRAC_PROGRAM=$CARGO_TARGET_DIR/debug/selltrac
    export SELLTRAC_CHROMIUM SELLTRAC_PROGRAM
    (cd end2end && npm run --silent check && npx playwright test)
}

postgresql_folder=
stop_postgresql() {
    if [ -n "$postgresql_folder" ]; then
        tools/postgres.sh stop "$postgresql_folder"
        postgresql_folder=
    fi
}

current=
summary=()
finish() {
    local status=$? line
    stop_postgresql || true
    if [ -n "$current" ]; then summary+=("FAILED  $current ($((SECONDS - began)) s)"); fi
    for line in "${summary[@]}"; do say "$line"; done
    exit "$status"
}
trap finish EXIT
# Without these, a signal would end the script before the trap above has run.
trap 'exit 130' INT
trap 'exit 143' TERM

steps=("$@")
if [ ${#steps[@]} = 0 ]; then steps=(setup format clippy docs tests build browser); fi
for step in "${steps[@]}"; do
    declare -F "step_$step" >/dev/null || fail "there is no step $step; see the head of tools/test.sh"
done
for step in "${steps[@]}"; do
    current=$step
    began=$SECONDS
    say "== $step"
    "step_$step"
    use_chosen_toolchain
    summary+=("passed  $step ($((SECONDS - began)) s)")
    current=
done
