#!/usr/bin/env bash
# Takes the pictures in docs/: every screen of the built demo, on a desktop and on a phone.
#   tools/pictures.sh                 the light screens into docs/
#   tools/pictures.sh dark FOLDER     the dark screens into a folder
# Build first: tools/build.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
cd "$REPOSITORY/end2end"

case ${1:-light} in
    light) ;;
    dark)
        export SELLTRAC_SCHEME=dark SELLTRAC_PICTURES=${2:?name a folder for the dark pictures}
        ;;
    *) fail "usage: tools/pictures.sh [dark FOLDER]" ;;
esac
SELLTRAC_CHROMIUM=$(find_chromium) || fail "there is no Chromium"
export SELLTRAC_CHROMIUM
npx playwright test --config pictures.config.ts
