// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/domain/explanation.h"
#include "ui/theme/marks.h"

#include <QWidget>

class QGridLayout;
class QLabel;

namespace exhibit::ui {

/// What was decided at the chosen instant, and from what: decision, reason, threshold and how much
/// of it was used, fact, snapshot, what should have happened beside what did.
class ExplainSection : public QWidget {
    Q_OBJECT

public:
    explicit ExplainSection(QWidget* parent);
    /// Costs are in the timeline's currency.
    void show(const domain::TimelineEvent& event,
              const std::optional<domain::Run>& run,
              const std::optional<std::string>& currency);
    /// Instead of an event: a moment, of which nothing is known until addRecord().
    void showInstant();
    /// What the record says of the moment, below what is shown. `event` is the one that is shown;
    /// nullptr for a moment between events.
    void addRecord(const domain::RunExplanation& record, const domain::TimelineEvent* event);
    void addFailure(const QString& why);
    void clear();
    [[nodiscard]] QString text(const QString& row) const;

private:
    /// The next row; `text` is what its widget says.
    void place(const QString& name, QWidget* value, const QString& text);
    void addMoment(const domain::RunExplanation& record);
    void addThresholds(const domain::RunExplanation& record, const domain::TimelineEvent* event);
    void addPasses(const domain::RunExplanation& record);
    void addRow(const QString& name, const QString& value, bool evidence = false);
    void addEnd(const std::optional<domain::Run>& run);

    QGridLayout* m_grid;
    QList<QPair<QString, QString>> m_rows;
};

} // namespace exhibit::ui
