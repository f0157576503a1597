// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/domain/incident_source.h"
#include "ui/theme/marks.h"

#include <QWidget>

class QFormLayout;
class QLabel;

namespace exhibit::ui {

/// What was decided at the chosen instant, and from what: decision, reason, threshold and how much
/// of it was used, fact, snapshot, what should have happened beside what did.
class ExplainSection : public QWidget {
    Q_OBJECT

public:
    explicit ExplainSection(QWidget* parent);
    void show(const domain::TimelineEvent& event, const std::optional<domain::Run>& run);
    void clear();
    [[nodiscard]] QString text(const QString& row) const;

private:
    void addRow(const QString& name, const QString& value, bool evidence = false);

    QFormLayout* m_form;
    QList<QPair<QString, QString>> m_rows;
};

} // namespace exhibit::ui
