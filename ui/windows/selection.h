// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/domain/incident_source.h"
#include "models/query/query.h"
#include "ui/windows/trail.h"

#include <QObject>

#include <functional>
#include <memory>
#include <optional>
#include <vector>

class QMenu;

namespace exhibit::ui {

/// Where one stands in a run.
struct RunPlace {
    std::optional<std::size_t> event{}; ///< Empty: nothing was chosen yet.
    std::optional<UtcTime> instant{}; ///< Between two events.
    double fromUs = 0; ///< The stretch that is seen, from the run's start; none where it is empty.
    double toUs = 0;
};

/// Where one stands in what was found.
struct Place {
    std::shared_ptr<const domain::SearchHit> hit; ///< As it was known; nullptr: no incident.
    RunPlace run;
};

/// One selection everywhere: row, timeline span, card and record follow it.
class Selection : public QObject {
    Q_OBJECT

public:
    using QObject::QObject;

    void setIncident(std::shared_ptr<const domain::SearchHit> hit);
    [[nodiscard]] const domain::SearchHit* hit() const { return m_hit.get(); }
    [[nodiscard]] std::shared_ptr<const domain::SearchHit> shared() const { return m_hit; }

    /// What a change or a copy is of: the selected rows, else the one that is shown.
    struct Marked {
        std::vector<std::shared_ptr<const domain::SearchHit>> hits; ///< As they stand in the list.
        qint64 rows = 0; ///< That are selected; more than hits where some are not read yet.
        /// What finds them, where they are all that a search has found.
        std::optional<domain::SearchRequest> all{};
    };
    static constexpr qint64 kMarkedMax
        = 500; ///< More rows, unless all, are not acted on in one step.
    [[nodiscard]] Marked marked() const;
    /// Who knows of selected rows; `mark` is asked when something is to be done with them.
    void setMarker(std::function<Marked()> mark) { m_mark = std::move(mark); }

    /// The incident that a session ended with: selected when it is found. Wanted until one is.
    void want(std::string incidentId) { m_wanted = std::move(incidentId); }
    [[nodiscard]] const std::string& wanted() const { return m_wanted; }
    /// The incident's run, once its events are here; shared, because it can be large.
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
    /// A moment of the run, whether something happened then or not: event() is the last one before
    /// it, or the first.
    void setInstant(UtcTime at);
    /// Nothing while an event itself is chosen.
    [[nodiscard]] std::optional<UtcTime> instant() const { return m_instant; }
    void explain() { Q_EMIT explainAsked(); }

    /// The same of a person: steps of Back, unless it is chosen already. What a pane selects of
    /// itself, because something arrived, is none.
    void chooseIncident(std::shared_ptr<const domain::SearchHit> hit);
    void chooseEvent(std::size_t index);
    void chooseInstant(UtcTime at);
    /// Before a person changes what is seen.
    void beginStep(StepKind step) { Q_EMIT stepBegins(step); }
    [[nodiscard]] Place place() const;
    /// Shows a place again; what is of its run as soon as that is here.
    void goTo(const Place& place);
    /// Who knows the place in the run, and follows placeAsked().
    void setGuide(std::function<RunPlace()> guide) { m_guide = std::move(guide); }

    /// Has whoever searches add its ways to filter by a value; the menu stays as it is in a window
    /// without a search, and for an empty value.
    void offerFilter(QMenu& menu, query::Field field, const std::string& value);

    /// How many results there are and how many are selected, for the status bar.
    void setCounts(qint64 selected, qint64 total, bool estimate);
    [[nodiscard]] QString countsText() const { return m_counts; }

Q_SIGNALS:
    void incidentChanged();
    void timelineChanged();
    void eventChanged(); ///< Or the instant.
    void explainAsked();
    void stepBegins(exhibit::ui::StepKind step); ///< The place that is left still stands.
    void placeAsked(const exhibit::ui::RunPlace& place); ///< In the run of hit().
    /// Directly connected: the menu is filled when this returns.
    void filterOffered(QMenu* menu, exhibit::query::Field field, const std::string& value);
    void countsChanged();

private:
    std::shared_ptr<const domain::SearchHit> m_hit;
    std::shared_ptr<const domain::TimelineReply> m_timeline;
    std::optional<std::size_t> m_event;
    std::optional<UtcTime> m_instant;
    std::string m_wanted;
    std::function<Marked()> m_mark;
    std::function<RunPlace()> m_guide;
    QString m_counts;
};

} // namespace exhibit::ui
