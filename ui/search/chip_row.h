// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/search/search_controller.h"

#include <QWidget>

class QToolButton;

namespace exhibit::ui {

class FlowLayout;

/// Every active restriction as a chip: nothing filters silently.
class ChipRow : public QWidget {
    Q_OBJECT

public:
    ChipRow(SearchController& search, QWidget* parent);
    [[nodiscard]] QStringList texts() const;

Q_SIGNALS:
    void editAsked();

private:
    void fill();
    void addOutcome();

    SearchController& m_search;
    FlowLayout* m_layout;
};

/// What a restriction says, as name and value: "time", "21 Nov 10:45 – 11:18".
struct ChipText {
    QString name;
    QString value;
};
[[nodiscard]] ChipText chipText(const query::Restriction& restriction);

} // namespace exhibit::ui
