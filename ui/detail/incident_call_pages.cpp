// SPDX-License-Identifier: Apache-2.0
#include "ui/detail/incident_call_pages.h"

#include "ui/detail/json_layout.h"
#include "ui/detail/json_page.h"
#include "ui/timeline/event_text.h"

namespace exhibit::ui {

using namespace Qt::StringLiterals;
using domain::StepType;

IncidentCallPages::IncidentCallPages(const Services& services, QTabWidget& tabs, QObject* parent)
    : CallPages(*services.sources, tabs, parent)
    , m_selection(*services.selection)
{
    const auto followHit = [this] {
        if (const auto* hit = m_selection.hit()) {
            follow(hit->incident.callId.text());
        }
    };
    connect(&m_selection, &Selection::incidentChanged, this, followHit);
    connect(&m_selection, &Selection::timelineChanged, this, [this] {
        tryAgain(); // It may be written by now.
        show();
    });
    followHit();
}

QString IncidentCallPages::waitsFor() const
{
    if (m_selection.timeline() == nullptr) {
        return tr("The record is being fetched.");
    }
    return m_selection.awaitsCall()
        ? tr("The record is not here yet: it is written when the call has ended.")
        : QString();
}

bool IncidentCallPages::showOtherwise(JsonPage& page, const QString& failure)
{
    const auto timeline = m_selection.timeline();
    const auto* hit = m_selection.hit();
    if (!timeline || hit == nullptr) {
        page.showNothing(waitsFor());
        return true;
    }
    const bool isRequest = &page == &request();
    const auto& id = hit->incident.callId;
    const auto* event = firstOf(*timeline, id, isRequest ? StepType::Input : StepType::Output);
    if (event != nullptr) {
        const QString head = !failure.isEmpty()
            ? tr("As the run's steps keep it: %1.").arg(failure)
            : tr("HTTP %1: what its events put together; the events themselves are under Bytes.")
                  .arg(call()->upstreamStatus);
        page.make([head, text = printJson(event->data)]() -> QString {
            return head + u"\n\n"_s + prettyJson(text);
        });
    } else if (timeline->truncated) {
        page.showNothing(isRequest ? tr("The request is not among the events that were fetched.")
                                   : tr("The answer is not among the events that were fetched."));
    } else if (isRequest) {
        page.showNothing(tr("No request is recorded."));
    } else if (firstOf(*timeline, id, StepType::Input) != nullptr) {
        page.showNothing(tr("No answer is recorded: the call did not reach a provider."));
    } else {
        page.showNothing(tr("No answer is recorded."));
    }
    return true;
}

} // namespace exhibit::ui
