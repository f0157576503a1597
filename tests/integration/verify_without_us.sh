#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Runs the procedure of docs/verify-without-us.md exactly as printed: on a good pack, with one byte of it
# changed, and on packs that lie although their signature fits (tampered_pack.py).
# usage: verify_without_us.sh DOCUMENT PACK LOG_KEY_PEM CERTIFICATE_KEY_PEM
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
here=$(dirname "$0")
sed -n '/^```sh$/,/^```$/p' "$1" | sed '1d;$d' > "$work/procedure.sh"
pack=$2 log=$3 certificate=$4

# Lays out what somebody has who verifies.
prepare() {
    mkdir "$work/$1"
    cp "$pack" "$work/$1/case.exhibit"
    cp "$log" "$work/$1/TRUSTED-log.pub.pem"
    cp "$certificate" "$work/$1/TRUSTED-cert.pub.pem"
}
# Whether the procedure goes through without a line that says to stop.
accepts() {
    (cd "$work/$1" && "$2" ../procedure.sh) > "$work/said" 2>&1 \
        && ! grep -qE 'BROKEN|BAD|FAIL' "$work/said" \
        && grep -q '^included ' "$work/said" && [ "$(tail -n 1 "$work/said")" = done ]
}

prepare good
accepts good sh || { cat "$work/said"; exit 1; }
grep -E 'APART|WITHHELD|UNTRUSTED' "$work/said" || true

prepare byte
python3 - "$work/byte/case.exhibit" <<'PYTHON'
import sys
pack = bytearray(open(sys.argv[1], 'rb').read())
at = pack.index(b'"log":"') + 9
pack[at] ^= 1
open(sys.argv[1], 'wb').write(pack)
PYTHON
! accepts byte sh || { echo "a changed byte was not noticed"; exit 1; }

made=0
for kind in unlisted signature head chain entry field answer times proof certificate link name; do
    prepare "$kind"
    code=0
    python3 "$here/tampered_pack.py" "$kind" "$pack" "$work/$kind" || code=$?
    [ "$code" != 3 ] || continue
    [ "$code" = 0 ]
    made=$((made + 1))
    shell=sh
    [ "$kind" != name ] || shell=bash # It would run what it takes for a number.
    ! accepts "$kind" "$shell" || { cat "$work/said"; echo "not noticed: $kind"; exit 1; }
    [ -z "$(find "$work/$kind" -name ran)" ] || { echo "something from the pack was run"; exit 1; }
done
echo "the procedure takes the good pack and refuses $made that lie"
