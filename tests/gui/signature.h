// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QByteArray>
#include <QImage>

namespace exhibit::test {

/// What a picture looks like, in blocks, one line for each row of them: the brightness of a block
/// (two hexadecimal digits) and which kinds of colour are in it (three: a bit for each of the
/// colours that verdicts, severities and the accent have). Small, and readable in a diff.
[[nodiscard]] QByteArray signatureOf(const QImage& picture);

/// How two signatures differ, beyond what another hinting of the same letters does; empty if not. A
/// colour may have moved to the next block, but not come or gone.
[[nodiscard]] QString differenceOf(const QByteArray& now, const QByteArray& then);

} // namespace exhibit::test
