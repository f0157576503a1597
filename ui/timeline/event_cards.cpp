// SPDX-License-Identifier: Apache-2.0
#include "ui/timeline/event_cards.h"

#include "ui/theme/style.h"
#include "ui/timeline/card_delegate.h"

#include <QScrollBar>
#include <QWheelEvent>

namespace exhibit::ui {
namespace {

constexpr int kMost = 232; ///< Higher ones are empty: what they say is cut by their width.

} // namespace

EventCards::EventCards(TimelineModel& model, QWidget* parent)
    : QListView(parent)
{
    setModel(&model);
    setItemDelegate(new CardDelegate(this)); // This owns it.
    setFlow(LeftToRight);
    setWrapping(false);
    setLayoutMode(Batched);
    setBatchSize(200);
    setFrameShape(NoFrame);
    setHorizontalScrollMode(ScrollPerPixel);
    setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setSelectionMode(SingleSelection);
    setEditTriggers(NoEditTriggers);
    setObjectName(QStringLiteral("timeline.cards"));
    setAccessibleName(tr("Events of the run"));
    setContentsMargins(0, 0, 0, 0);
    setViewportMargins(scaled(8), scaled(6), 0, scaled(4));
    setMaximumHeight(scaled(kMost));
    setMinimumHeight(0); // The pane takes its room away before it is a shred.
}

void EventCards::setShort(bool isShort)
{
    setMaximumHeight(isShort ? 0 : scaled(kMost));
    setFocusPolicy(isShort ? Qt::NoFocus : Qt::StrongFocus);
}

void EventCards::choose(int row)
{
    m_following = true;
    setCurrentIndex(row >= 0 ? model()->index(row, 0) : QModelIndex());
    m_following = false;
    m_isAwaited = row >= 0;
    reveal();
}

/// Cards are laid out in batches: what stands behind those that are has no place, and the scroll
/// bar does not reach it.
void EventCards::reveal()
{
    const QRect card = visualRect(currentIndex());
    if (m_isAwaited && !card.isEmpty()) {
        scrollTo(currentIndex(), EnsureVisible);
        m_isAwaited = !viewport()->rect().intersects(visualRect(currentIndex()));
    }
}

/// Also called when the last batch is laid out.
void EventCards::updateGeometries()
{
    QListView::updateGeometries();
    reveal();
}

void EventCards::currentChanged(const QModelIndex& current, const QModelIndex& previous)
{
    QListView::currentChanged(current, previous);
    if (!m_following && current.isValid()) {
        Q_EMIT eventChosen(current.data(kEventRole).toUInt());
    }
}

void EventCards::wheelEvent(QWheelEvent* event)
{
    const QPoint turn = event->angleDelta();
    m_isAwaited = false; // Whoever scrolls is not pulled back.
    horizontalScrollBar()->setValue(horizontalScrollBar()->value()
                                    - (turn.x() != 0 ? turn.x() : turn.y()));
    event->accept();
}

} // namespace exhibit::ui
