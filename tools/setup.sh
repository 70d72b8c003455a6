#!/usr/bin/env bash
# Installs what is missing to build SellTrac (`tools/setup.sh run`) or to test it too (`tools/setup.sh test`), each thing once.
# Where installing is not allowed (SELLTRAC_NO_INSTALL=1, or a thing that needs root and there is none), it names everything that
# is missing and how to get it, and exits with 1.
# shellcheck disable=SC2034 # every hint_X is read by its name
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

# The compiler that cargo-leptos and the locked crates need.
MINIMUM_RUST=1.96
CARGO_LEPTOS_VERSION=0.3.11
# What Debian 12 and Ubuntu 24.04 bring (108) writes a browser's part that does not start: it mixes up two tables.
BINARYEN_VERSION=132
# Playwright needs this one.
MINIMUM_NODE=20

# A download that may be refused gets this long before the next way is tried.
DOWNLOAD_SECONDS=300
mkdir -p "$TOOLS/bin"

# --- ways to install -------------------------------------------------------------------------------------------------------

as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"
    elif have sudo && sudo -n true 2>/dev/null; then sudo -n "$@"
    else say "this needs root, and sudo without a password is not allowed here: $*" >&2; return 1
    fi
}

apt_install() {
    have apt-get || { say "there is no apt-get here" >&2; return 1; }
    if [ ! -e "$APT_UPDATED" ]; then
        as_root apt-get update -qq || true
        touch "$APT_UPDATED"
    fi
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >"$LOG" 2>&1 ||
        { tail -n 20 "$LOG" >&2; return 1; }
}

# Packages that npm brings as programs live beside the other tools.
npm_install() {
    npm install --silent --no-audit --no-fund --prefix "$TOOLS/npm" "$1"
    ln -sf "$TOOLS/npm/node_modules/.bin/$2" "$TOOLS/bin/$2"
}

# cargo install, without debug information: these tools are run, not debugged. Not cargo's release profile, which for
# cargo-leptos takes three times as long to build.
cargo_tool() {
    CARGO_TARGET_DIR=$SELLTRAC_CACHE/tools-target CARGO_PROFILE_DEV_DEBUG=0 \
        cargo install --quiet --debug --root "$TOOLS" "$@"
    rm -rf "$SELLTRAC_CACHE/tools-target"
}

# --- the things: has_X tells whether X is here, get_X brings it, hint_X tells a person how ------------------------------------

hint_c_compiler='a C compiler (SQLite and the cryptography are C): apt-get install gcc libc6-dev'
has_c_compiler() { have cc; }
get_c_compiler() { apt_install gcc libc6-dev; }

hint_node="Node.js $MINIMUM_NODE or newer with npm: apt-get install nodejs npm"
has_node() { have npm && have node && version_at_least "$MINIMUM_NODE" "$(node --version | tr -d v)"; }
get_node() {
    have npm || apt_install nodejs npm
    # An older distribution's Node.js is still good enough to fetch a newer one.
    has_node || npm_install node@22 node
}

hint_node_packages='the packages of end2end: (cd end2end && npm ci)'
has_node_packages() {
    cmp -s "$REPOSITORY/end2end/package-lock.json" "$REPOSITORY/end2end/node_modules/.installed-lock.json"
}
get_node_packages() {
    cd "$REPOSITORY/end2end"
    npm ci --silent --no-audit --no-fund
    cp package-lock.json node_modules/.installed-lock.json
}

hint_chromium='Chromium: apt-get install chromium, or (cd end2end && npx playwright install chromium), or set SELLTRAC_CHROMIUM'
has_chromium() { find_chromium >/dev/null; }
get_chromium() {
    # Under Ubuntu the package is a stub that asks for a snap, so what counts is whether a browser is there afterwards.
    apt_install chromium || true
    has_chromium ||
        (cd "$REPOSITORY/end2end" && timeout "$DOWNLOAD_SECONDS" npx playwright install chromium >"$LOG" 2>&1)
}

hint_postgresql="PostgreSQL's server programs (initdb, postgres): apt-get install postgresql"
has_postgresql() { find_postgresql >/dev/null; }
get_postgresql() { apt_install postgresql; }

hint_wasm_opt="wasm-opt $BINARYEN_VERSION or newer: npm install --global binaryen@$BINARYEN_VERSION"
has_wasm_opt() {
    have wasm-opt && version_at_least "$BINARYEN_VERSION" "$(wasm-opt --version 2>/dev/null | cut -d ' ' -f 3)"
}
get_wasm_opt() {
    has_node || get_node
    npm_install "binaryen@$BINARYEN_VERSION" wasm-opt
}

hint_rust="Rust $MINIMUM_RUST or newer with clippy and rustfmt: rustup toolchain install $MINIMUM_RUST -c clippy -c rustfmt"
has_rust() {
    have cargo && version_at_least "$MINIMUM_RUST" "$(rustc --version 2>/dev/null | cut -d ' ' -f 2)" &&
        cargo clippy --version >/dev/null 2>&1 && cargo fmt --version >/dev/null 2>&1
}
get_rust() {
    get_rustup_rust && return
    say "installing Debian's Rust for browsers (rustc-web)"
    get_debian_rust
}
get_rustup_rust() {
    have rustup || return 1
    timeout "$DOWNLOAD_SECONDS" rustup toolchain install "$MINIMUM_RUST" --profile minimal --no-self-update \
        --component clippy --component rustfmt --target wasm32-unknown-unknown >"$LOG" 2>&1 ||
        { say "rustup cannot download Rust $MINIMUM_RUST here"; return 1; }
    echo "$MINIMUM_RUST" >"$TOOLS/toolchain"
}
# Debian's compiler for browsers is newer than the rest of its Rust, and does not conflict with a rustup in the home folder.
get_debian_rust() {
    local program
    apt_install rustc-web cargo-web rust-web-src rust-web-clippy rustfmt-web
    version_at_least "$MINIMUM_RUST" "$(/usr/bin/rustc --version | cut -d ' ' -f 2)" ||
        { say "Debian's rustc-web here is older than $MINIMUM_RUST" >&2; return 1; }
    if have rustup; then
        rustup toolchain link selltrac "$(/usr/bin/rustc --print sysroot)"
        echo selltrac >"$TOOLS/toolchain"
    else
        for program in cargo cargo-clippy cargo-fmt clippy-driver rustc rustdoc rustfmt; do
            ln -sf "/usr/bin/$program" "$TOOLS/bin/$program"
        done
    fi
}

hint_wasm_library="Rust's standard library for browsers: rustup target add wasm32-unknown-unknown"
# Building an empty module also finds a library that an older compiler has left, and a linker that is missing.
has_wasm_library() {
    local folder status=0
    folder=$(mktemp -d)
    rustc --crate-name nothing --crate-type cdylib --target wasm32-unknown-unknown --out-dir "$folder" - \
        </dev/null >/dev/null 2>&1 || status=1
    rm -rf "$folder"
    return "$status"
}
get_wasm_library() {
    if [ -f "$(rustc --print sysroot)/lib/rustlib/multirust-channel-manifest.toml" ]; then
        timeout "$DOWNLOAD_SECONDS" rustup target add wasm32-unknown-unknown >"$LOG" 2>&1 && return
        say "rustup cannot download the library here; taking Debian's Rust, which can build it"
        get_debian_rust
        use_chosen_toolchain
    fi
    provide_wasm_linker
    has_wasm_library || build_wasm_library
}
# Debian's compiler calls its linker rust-lld, which is LLVM's, of the version that the compiler was built with.
provide_wasm_linker() {
    local linker
    linker=lld-$(rustc -vV | sed -n 's/^LLVM version: \([0-9]*\).*/\1/p')
    have rust-lld || { apt_install "$linker" && ln -sf "$(command -v "$linker")" "$TOOLS/bin/rust-lld"; }
}
# Debian ships the library's source but not its build for browsers. Nothing but the library is wanted, so the crate is empty.
build_wasm_library() {
    local folder library name=selltrac_empty_crate
    library=$(rustc --print sysroot)/lib/rustlib/wasm32-unknown-unknown/lib
    folder=$(mktemp -d)
    mkdir "$folder/src"
    touch "$folder/src/lib.rs"
    printf '[package]\nname = "%s"\nedition = "2024"\n[workspace]\n' "$name" >"$folder/Cargo.toml"
    (cd "$folder" && RUSTC_BOOTSTRAP=1 CARGO_TARGET_DIR=$folder/target cargo build --quiet --release \
        --target wasm32-unknown-unknown -Zbuild-std=std,panic_abort,panic_unwind,proc_macro)
    rm "$folder/target/wasm32-unknown-unknown/release/deps/lib$name"-*.rlib
    as_root mkdir -p "$library"
    # What an older compiler left there must go, or two libraries of one name would be found.
    as_root find "$library" -name 'lib*.rlib' -delete
    as_root cp "$folder"/target/wasm32-unknown-unknown/release/deps/lib*.rlib "$library"
    rm -rf "$folder"
}

hint_cargo_leptos="cargo-leptos $CARGO_LEPTOS_VERSION: cargo install --locked cargo-leptos --version $CARGO_LEPTOS_VERSION"
has_cargo_leptos() { [ "$(cargo-leptos --version 2>/dev/null)" = "cargo-leptos $CARGO_LEPTOS_VERSION" ]; }
get_cargo_leptos() {
    if have cargo-binstall; then
        timeout "$DOWNLOAD_SECONDS" cargo binstall --no-confirm --disable-strategies compile --root "$TOOLS" \
            "cargo-leptos@$CARGO_LEPTOS_VERSION" && return
    fi
    cargo_tool --locked --features no_downloads cargo-leptos --version "$CARGO_LEPTOS_VERSION"
}

hint_wasm_bindgen="wasm-bindgen $(locked_version wasm-bindgen): cargo install wasm-bindgen-cli --version $(locked_version wasm-bindgen)"
has_wasm_bindgen() { [ "$(wasm-bindgen --version 2>/dev/null)" = "wasm-bindgen $(locked_version wasm-bindgen)" ]; }
get_wasm_bindgen() {
    # Every change to a screen waits for this tool, and these crates do its work.
    local crate options=()
    for crate in walrus wasmparser wasm-encoder wasm-bindgen-cli-support id-arena; do
        options+=(--config "profile.dev.package.$crate.opt-level=1")
    done
    cargo_tool "${options[@]}" wasm-bindgen-cli --version "$(locked_version wasm-bindgen)"
}

# --- which of them, and in which order: nothing slow is begun while something quick cannot be had ------------------------------

case ${1:-run} in
    run) things=(c_compiler wasm_opt) ;;
    test) things=(c_compiler node node_packages wasm_opt chromium postgresql) ;;
    *) fail "usage: tools/setup.sh [run|test]" ;;
esac
things+=(rust wasm_library cargo_leptos wasm_bindgen)

missing=()
for thing in "${things[@]}"; do
    "has_$thing" || missing+=("$thing")
done
if [ ${#missing[@]} = 0 ]; then
    exit 0
fi

list_missing() {
    local thing hint
    say "missing:" >&2
    for thing in "$@"; do
        hint=hint_$thing
        say "  - ${!hint}" >&2
    done
    exit 1
}
if [ "${SELLTRAC_NO_INSTALL:-}" = 1 ]; then
    list_missing "${missing[@]}"
fi

LOG=$(mktemp)
APT_UPDATED=$LOG.updated
trap 'rm -f "$LOG" "$APT_UPDATED"' EXIT

say "to be installed, once: ${missing[*]//_/ }"
not_got=()
for thing in "${missing[@]}"; do
    # An earlier step may have brought this one along.
    if "has_$thing"; then continue; fi
    case $thing in rust | wasm_library | cargo_leptos | wasm_bindgen)
        if [ ${#not_got[@]} != 0 ]; then not_got+=("$thing"); continue; fi ;;
    esac
    say "getting ${thing//_/ } ..."
    began=$SECONDS
    # A subshell with its own `set -e`, because a function that is asked for its status runs without it.
    set +e
    (set -e; "get_$thing")
    set -e
    use_chosen_toolchain
    hash -r
    if "has_$thing"; then
        say "got ${thing//_/ } in $((SECONDS - began)) s"
    else
        not_got+=("$thing")
    fi
done
if [ ${#not_got[@]} != 0 ]; then
    list_missing "${not_got[@]}"
fi
