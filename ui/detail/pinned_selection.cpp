// SPDX-License-Identifier: Apache-2.0
#include "ui/detail/pinned_selection.h"

#include "ui/widgets/dock_title.h"
#include "ui/widgets/tool_bar_parts.h"

#include <QToolButton>

namespace exhibit::ui {

PinnedSelection::PinnedSelection(const Services& services, QWidget* pane)
    : Selection(pane)
    , m_window(*services.selection)
{
    connect(&m_window, &Selection::incidentChanged, this, &PinnedSelection::takeIncident);
    connect(&m_window, &Selection::timelineChanged, this, &PinnedSelection::takeTimeline);
    connect(&m_window, &Selection::eventChanged, this, &PinnedSelection::takeEvent);
    connect(&m_window, &Selection::explainAsked, this, [this] {
        if (isFollowing()) {
            explain();
        }
    });
    handlePin(services, *pane);
}

void PinnedSelection::handlePin(const Services& services, QWidget& pane)
{
    auto* title = titleOf(&pane);
    if (title == nullptr) {
        return; // A window of its own: nothing selects another incident there.
    }
    auto* action = services.actions->action(QStringLiteral("record.pin"));
    auto* button = actionButton(action, title, false, tr("Pin"));
    button->setToolButtonStyle(Qt::ToolButtonIconOnly);
    title->addTool(button);
    const auto tell
        = [title](bool pinned) { title->setNote(pinned ? tr("pinned") : tr("follows selection")); };
    tell(false);
    connect(this, &PinnedSelection::pinnedChanged, title, tell);
    services.actions->handleToggle(u"record.pin", this, [this](bool on) { setPinned(on); });
    action->setEnabled(false);
    connect(this, &Selection::incidentChanged, action, [this, action] {
        action->setEnabled(hit() != nullptr);
    });
    connect(services.sources, &SourceHub::sourceChanged, this, [this, action] {
        action->setChecked(false); // Another server knows nothing of this record.
        setPinned(false);
    });
}

void PinnedSelection::setPinned(bool pinned)
{
    if (pinned == m_isPinned) {
        return;
    }
    m_isPinned = pinned;
    Q_EMIT pinnedChanged(pinned);
    if (!pinned) {
        takeIncident();
        takeTimeline();
        takeEvent();
    }
}

bool PinnedSelection::isFollowing() const
{
    return !m_isPinned
        || (hit() != nullptr && m_window.hit() != nullptr
            && hit()->incident.incidentId == m_window.hit()->incident.incidentId);
}

void PinnedSelection::takeIncident()
{
    if (isFollowing()) {
        setIncident(m_window.shared());
    }
}

void PinnedSelection::takeTimeline()
{
    // That of the pinned incident stays until it is read anew.
    if (isFollowing() && (!m_isPinned || m_window.timeline())) {
        setTimeline(m_window.timeline());
    }
}

void PinnedSelection::takeEvent()
{
    if (!isFollowing() || (m_isPinned && !m_window.timeline())) {
        return;
    }
    if (const auto instant = m_window.instant()) {
        setInstant(*instant);
    } else {
        setEvent(m_window.event());
    }
}

} // namespace exhibit::ui
