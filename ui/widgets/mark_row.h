// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/theme/marks.h"

#include <QWidget>

namespace exhibit::ui {

/// A mark with its word, and text behind it, or below where there is no room; one accessible item.
class MarkRow : public QWidget {
    Q_OBJECT

public:
    MarkRow(Mark mark, QString text, QWidget* parent);
    void setMark(Mark mark, const QString& text = {});
    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QSize minimumSizeHint() const override;
    [[nodiscard]] bool hasHeightForWidth() const override { return true; }
    [[nodiscard]] int heightForWidth(int width) const override;

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    /// Where the text stands; the first line of it beside the word, or all below.
    [[nodiscard]] QRect textRect(int width) const;

    Mark m_mark = Mark::None;
    QString m_text;
};

} // namespace exhibit::ui
