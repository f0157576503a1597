// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/timeline/event_text.h"

#include <QFrame>

class QLabel;

namespace exhibit::ui {

/// One sentence of cause and effect above the timeline, from the recorded root cause.
class TimelineHeadline : public QFrame {
    Q_OBJECT

public:
    explicit TimelineHeadline(QWidget* parent);
    void show(const Headline& headline);
    [[nodiscard]] QString sentence() const;

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    QLabel* m_sentence;
    QLabel* m_detail;
    bool m_hasCause = false;
};

} // namespace exhibit::ui
