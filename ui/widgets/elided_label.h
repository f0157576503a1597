// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/widgets/phrase_label.h"

namespace exhibit::ui {

/// One line that gives way: too long a text ends in "…" and stands whole in the tool tip.
class ElidedLabel : public PhraseLabel {
    Q_OBJECT

public:
    explicit ElidedLabel(QWidget* parent, Qt::TextElideMode mode = Qt::ElideRight);
    [[nodiscard]] QSize minimumSizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    Qt::TextElideMode m_mode;
};

} // namespace exhibit::ui
