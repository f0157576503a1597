// SPDX-License-Identifier: Apache-2.0
#include "ui/timeline/timeline_model.h"

#include "ui/text.h"
#include "ui/timeline/event_text.h"
#include "ui/timeline/timeline_data.h"

#include <algorithm>

namespace exhibit::ui {

void TimelineModel::setReply(std::shared_ptr<const domain::TimelineReply> reply,
                             const std::optional<domain::RootCause>& cause)
{
    beginResetModel();
    m_reply = std::move(reply);
    m_rows.clear();
    m_causingStep = cause ? std::optional(cause->causingStep) : std::nullopt;
    for (std::size_t i = 0; m_reply && i < m_reply->events.size(); ++i) {
        if (m_reply->events[i].type != domain::StepType::RootCause) {
            m_rows.push_back(static_cast<std::uint32_t>(i));
        }
    }
    endResetModel();
}

const domain::TimelineEvent& TimelineModel::event(int row) const
{
    return m_reply->events[m_rows[static_cast<std::size_t>(row)]];
}

int TimelineModel::rowOf(std::size_t event) const
{
    const auto found = std::lower_bound(m_rows.begin(), m_rows.end(), event);
    return found != m_rows.end() && *found == event ? static_cast<int>(found - m_rows.begin()) : -1;
}

int TimelineModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
}

QVariant TimelineModel::data(const QModelIndex& index, int role) const
{
    if (!index.isValid()) {
        return {};
    }
    const auto number = m_rows[static_cast<std::size_t>(index.row())];
    const auto& shown = m_reply->events[number];
    switch (role) {
    case kEventRole:
        return number;
    case kIsRootCauseRole:
        return m_causingStep == shown.stepIndex;
    case kIsInflectionRole:
        return shown.isInflection || m_reply->inflectionStep == shown.stepIndex;
    case Qt::DisplayRole:
        return eventTitle(shown);
    case Qt::ToolTipRole:
        return eventSummary(shown, m_reply->currency);
    case Qt::AccessibleTextRole: {
        const QString result = shown.result ? toQt(wireName(*shown.result)) : QString();
        const QString finding = data(index, kIsRootCauseRole).toBool() ? tr("root cause")
            : data(index, kIsInflectionRole).toBool()                  ? tr("inflection point")
                                                                       : QString();
        return tr("Step %1, %2, %3 %4 %5. %6 At %7.")
            .arg(shown.stepIndex)
            .arg(laneName(laneOf(shown.type)),
                 eventTitle(shown),
                 result,
                 finding,
                 eventSummary(shown, m_reply->currency),
                 offsetText(offsetOf(*m_reply, number)));
    }
    default:
        return {};
    }
}

} // namespace exhibit::ui
