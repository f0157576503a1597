// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/timeline/event_text.h"

#include <QFrame>

class QLabel;

namespace exhibit::ui {

/// One answer in byte order: what was released, the cut, what was withheld. The diagonal pattern
/// means withheld and nothing else.
class AnswerBox : public QFrame {
    Q_OBJECT

public:
    explicit AnswerBox(QWidget* parent);
    /// What was released of a recovered call is an upper bound.
    void show(const AnswerText& answer);
    /// Of an answer no text of which is recorded: how much of its stream went out, and the tools it
    /// asks for (toolsOf()).
    void showWithoutText(const AnswerBytes& wire, const QString& tools);
    [[nodiscard]] QString releasedText() const;
    [[nodiscard]] QString releasedHeading() const;
    [[nodiscard]] QString withheldText() const;

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    /// What of `held` bytes was withheld, below the cut.
    void showWithheld(const QString& cut, std::int64_t held, const QString& text);

    QLabel* m_releasedHead;
    QLabel* m_released;
    QLabel* m_cut;
    QLabel* m_withheldHead;
    QLabel* m_withheld;
};

} // namespace exhibit::ui
