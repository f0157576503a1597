// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QAbstractButton>

namespace exhibit::ui {

/// One active restriction: "severity critical, high ×". Tab focuses, Del removes, Enter edits.
class FilterChip : public QAbstractButton {
    Q_OBJECT

public:
    FilterChip(const QString& name, const QString& value, QWidget* parent);
    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QString name() const { return m_name; }
    [[nodiscard]] QString value() const { return m_value; }

Q_SIGNALS:
    void removed();
    void edited();

protected:
    void paintEvent(QPaintEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;

private:
    [[nodiscard]] QRect crossRect() const;

    QString m_name;
    QString m_value;
};

} // namespace exhibit::ui
