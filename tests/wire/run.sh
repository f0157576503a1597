#!/bin/sh
# run.sh NODE SDK_FOLDER TEST: Node finds packages beside the test, so the tests are copied there.
set -eu
here=$(dirname "$0")
if [ ! -d "$2/node_modules/ai" ]; then
    echo "the SDKs are not installed: ./dev test does it" >&2
    exit 1
fi
run=$(mktemp -d)
trap 'rm -rf "$run"' EXIT
cp "$here"/*.mjs "$here/package.json" "$run"
ln -s "$2/node_modules" "$run/node_modules"
"$1" --test "$run/$3"
