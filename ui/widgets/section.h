// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QWidget>

class QLabel;
class QToolButton;
class QVBoxLayout;

namespace exhibit::ui {

/// A part of a pane with a heading that folds it away, and a note at the heading's end.
class Section : public QWidget {
    Q_OBJECT

public:
    Section(const QString& heading, QWidget* parent);
    void setContent(QWidget* content);
    void setHeading(const QString& heading);
    void setNote(const QString& note);
    void setExpanded(bool expanded);
    [[nodiscard]] bool isExpanded() const;

private:
    QToolButton* m_toggle;
    QLabel* m_note;
    QVBoxLayout* m_layout;
    QWidget* m_content = nullptr;
};

} // namespace exhibit::ui
