// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QLabel>

namespace exhibit::ui {

/// Words of the program, with names and ids of others in them that stand apart (ui/text.h). What is
/// copied of it is without the marks that keep them apart. Not for evidence, of which every
/// character counts.
class PhraseLabel : public QLabel {
    Q_OBJECT

public:
    using QLabel::QLabel;

protected:
    void keyPressEvent(QKeyEvent* event) override;
    void contextMenuEvent(QContextMenuEvent* event) override;

private:
    void copy() const;
};

} // namespace exhibit::ui
