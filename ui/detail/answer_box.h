// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/timeline/event_text.h"

#include <QFrame>

class QLabel;

namespace exhibit::ui {

/// One answer in byte order: what was delivered, the cut, what was withheld. The diagonal pattern
/// means withheld and nothing else.
class AnswerBox : public QFrame {
    Q_OBJECT

public:
    explicit AnswerBox(QWidget* parent);
    void show(const AnswerText& answer);
    [[nodiscard]] QString deliveredText() const;
    [[nodiscard]] QString withheldText() const;

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    QLabel* m_deliveredHead;
    QLabel* m_delivered;
    QLabel* m_cut;
    QLabel* m_withheldHead;
    QLabel* m_withheld;
};

} // namespace exhibit::ui
