#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Runs the procedure of docs/verify-without-us.md exactly as printed: on a good pack, then on the same
# pack with one byte of a field changed.
# usage: verify_without_us.sh DOCUMENT PACK LOG_KEY_PEM CERTIFICATE_KEY_PEM
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
sed -n '/^```sh$/,/^```$/p' "$1" | sed '1d;$d' > "$work/procedure.sh"
mkdir "$work/good"
cp "$2" "$work/good/case.exhibit"
cp "$3" "$work/good/TRUSTED-log.pub.pem"
cp "$4" "$work/good/TRUSTED-cert.pub.pem"
(cd "$work/good" && sh ../procedure.sh) > "$work/said" 2>&1 || { cat "$work/said"; exit 1; }
if grep -E 'BROKEN|BAD|FAIL' "$work/said" || ! grep -q '^included ' "$work/said"; then
    cat "$work/said"
    exit 1
fi
cp -r "$work/good" "$work/bad"
rm -rf "$work/bad/pack"
field=$(cd "$work/good/pack" && find . -path '*/data/fields/*' -name '*.json' | sort | head -n 1)
python3 - "$work/bad/case.exhibit" "$work/good/pack/$field" <<'EOF'
import sys
pack = open(sys.argv[1], 'rb').read()
field = open(sys.argv[2], 'rb').read()
at = pack.index(field) + len(field) - 3
open(sys.argv[1], 'wb').write(pack[:at] + bytes([pack[at] ^ 1]) + pack[at + 1:])
EOF
if (cd "$work/bad" && sh ../procedure.sh) > "$work/said" 2>&1; then
    echo "a changed field was not noticed"
    exit 1
fi
echo "the procedure takes the good pack and refuses the changed one"
