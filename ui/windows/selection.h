// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/domain/incident_source.h"

#include <QObject>

#include <memory>
#include <optional>

namespace exhibit::ui {

/// One selection everywhere: row, timeline span, card and record follow it.
class Selection : public QObject {
    Q_OBJECT

public:
    using QObject::QObject;

    void setIncident(std::shared_ptr<const domain::SearchHit> hit);
    [[nodiscard]] const domain::SearchHit* hit() const { return m_hit.get(); }
    [[nodiscard]] std::shared_ptr<const domain::SearchHit> shared() const { return m_hit; }

    /// The incident's run, once its events are here; shared, because it can be large.
    /// The incident that a session ended with: selected when it is among the first results.
    void want(std::string incidentId) { m_wanted = std::move(incidentId); }
    [[nodiscard]] const std::string& wanted() const { return m_wanted; }
    void setTimeline(std::shared_ptr<const domain::TimelineReply> timeline);
    [[nodiscard]] std::shared_ptr<const domain::TimelineReply> timeline() const
    {
        return m_timeline;
    }

    /// The run is here, but not the incident's call: that is written when the call has ended.
    [[nodiscard]] bool awaitsCall() const;

    /// Index into timeline()->events; empty for none.
    void setEvent(std::optional<std::size_t> index);
    [[nodiscard]] std::optional<std::size_t> event() const { return m_event; }
    void explain() { Q_EMIT explainAsked(); }

    /// How many results there are and how many are selected, for the status bar.
    void setCounts(qint64 selected, qint64 total, bool estimate);
    [[nodiscard]] QString countsText() const { return m_counts; }

Q_SIGNALS:
    void incidentChanged();
    void timelineChanged();
    void eventChanged();
    void explainAsked();
    void countsChanged();

private:
    std::shared_ptr<const domain::SearchHit> m_hit;
    std::shared_ptr<const domain::TimelineReply> m_timeline;
    std::optional<std::size_t> m_event;
    std::string m_wanted;
    QString m_counts;
};

} // namespace exhibit::ui
