// SPDX-License-Identifier: Apache-2.0
#pragma once

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
    /// A way out; `note` stands beside the button.
    void addWay(const QString& text, const QString& note, std::function<void()> run);
    void clearWays();
    [[nodiscard]] QString heading() const;

private:
    QLabel* m_heading;
    QLabel* m_explanation;
    QVBoxLayout* m_ways;
};

} // namespace exhibit::ui
