// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/theme/marks.h"

#include <QWidget>

namespace exhibit::ui {

/// A mark with its word, and text behind it; one accessible item.
class MarkRow : public QWidget {
    Q_OBJECT

public:
    MarkRow(Mark mark, QString text, QWidget* parent);
    void setMark(Mark mark, const QString& text = {});
    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QSize minimumSizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    Mark m_mark = Mark::None;
    QString m_text;
};

} // namespace exhibit::ui
