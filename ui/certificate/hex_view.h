// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/bytes.h"

#include <QAbstractScrollArea>

namespace exhibit::ui {

/// Bytes as offset, hex and text, sixteen a row. `failed` tints all of them: which byte is not the
/// recorded one is not known.
class HexView : public QAbstractScrollArea {
    Q_OBJECT

public:
    explicit HexView(QWidget* parent);
    void show(Bytes bytes, bool failed);
    [[nodiscard]] const Bytes& bytes() const { return m_bytes; }
    [[nodiscard]] bool isFailed() const { return m_failed; }
    /// "00000010  7b 22 …  {"…", without the line's end.
    [[nodiscard]] QString line(int row) const;
    [[nodiscard]] int rows() const;

protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

private:
    void fitScrollBars();
    [[nodiscard]] int lineHeight() const;

    Bytes m_bytes;
    bool m_failed = false;
};

} // namespace exhibit::ui
