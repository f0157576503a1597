// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/timeline/event_text.h"

#include <QWidget>

namespace exhibit::ui {

/// Context facts: present, null in a solid box, absent in a dashed one, each with its word.
class FactList : public QWidget {
    Q_OBJECT

public:
    explicit FactList(QWidget* parent);
    /// Not complete: what was fetched of the run does not hold the facts of the call.
    void setFacts(std::vector<Fact> facts, bool complete);
    /// What stands there instead of facts.
    [[nodiscard]] QString emptyText() const;
    [[nodiscard]] const std::vector<Fact>& facts() const { return m_facts; }
    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QSize minimumSizeHint() const override { return sizeHint(); }

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    std::vector<Fact> m_facts;
    bool m_complete = true;
};

} // namespace exhibit::ui
