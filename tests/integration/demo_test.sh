#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The demo, watched by nobody: what it proves stays where it was started.
# usage: demo_test.sh EXHIBIT_DEMO EXHIBITCTL
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
"$1" > output.txt 2>&1 || { cat output.txt; exit 1; }
for file in demo.exhibit demo.pdf demo.certificate.json demo.pem; do
    [ -s "$file" ] || { echo "the demo left no $file"; exit 1; }
    grep -q "$file" output.txt || { echo "the demo does not say that it left $file"; exit 1; }
done
qpdf --check demo.pdf > /dev/null
for file in demo.exhibit demo.pdf; do
    # Without a pinned key that is the best that can be said of it.
    "$2" verify "$file" --json > verified.json || true
    grep -q '"verdict":"untrusted"' verified.json || { cat verified.json; exit 1; }
done
