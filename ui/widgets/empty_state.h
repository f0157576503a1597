// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/theme/icons.h"

#include <QWidget>

#include <functional>

class QLabel;
class QVBoxLayout;

namespace exhibit::ui {

/// Says what would be here and how to get it.
class EmptyState : public QWidget {
    Q_OBJECT

public:
    explicit EmptyState(QWidget* parent);
    void setTexts(const QString& heading, const QString& explanation);
    /// A way out; returns its number, for what stands beside the button.
    int addWay(Icon sign, const QString& text, std::function<void()> run);
    /// May come later than the way itself; rich text.
    void setWayNote(int way, const QString& note);
    void setWayKeys(int way, const QKeySequence& keys);
    void clearWays();
    [[nodiscard]] QStringList notes() const;
    [[nodiscard]] QString heading() const;

private:
    QLabel* m_heading;
    QLabel* m_explanation;
    QVBoxLayout* m_ways;
};

} // namespace exhibit::ui
