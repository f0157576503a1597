// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/timeline/event_text.h"

#include <QList>
#include <QPair>
#include <QWidget>

namespace exhibit::ui {

/// A few numbers side by side, each under its name.
class FigureStrip : public QWidget {
    Q_OBJECT

public:
    explicit FigureStrip(QWidget* parent);
    void setFigures(const QList<QPair<QString, QString>>& figures);
    [[nodiscard]] QString figure(const QString& name) const;
    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QSize minimumSizeHint() const override { return sizeHint(); }

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    [[nodiscard]] QList<int> cellWidths() const;

    QList<QPair<QString, QString>> m_figures;
};

/// Released and withheld: bytes of text, or of the stream where no text is recorded, which is said.
[[nodiscard]] QList<QPair<QString, QString>> releasedFigures(const AnswerBytes& all);

} // namespace exhibit::ui
