// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/evidence/inspection.h"

#include <QWidget>

class QLabel;

namespace exhibit::ui {

class MarkRow;

/// One of the five answers: its question, its verdict by shape and word, and why. One accessible
/// item; a failed one has a tinted ground.
class AnswerRow : public QWidget {
    Q_OBJECT

public:
    AnswerRow(evidence::Answer answer, QWidget* parent);
    void show(const evidence::AnswerSummary& summary);
    [[nodiscard]] evidence::CheckResult result() const { return m_result; }
    [[nodiscard]] QString reason() const;

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    evidence::Answer m_answer;
    evidence::CheckResult m_result = evidence::CheckResult::NotChecked;
    MarkRow* m_mark;
    QLabel* m_reason;
    QString m_whole; ///< The reason with its hashes unabridged.
};

} // namespace exhibit::ui
