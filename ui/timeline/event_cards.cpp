// SPDX-License-Identifier: Apache-2.0
#include "ui/timeline/event_cards.h"

#include "ui/theme/style.h"
#include "ui/timeline/card_delegate.h"

#include <QScrollBar>
#include <QWheelEvent>

namespace exhibit::ui {

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
    setMinimumHeight(1); // The pane hides it before it is a shred.
}

void EventCards::choose(int row)
{
    m_following = true;
    setCurrentIndex(row >= 0 ? model()->index(row, 0) : QModelIndex());
    if (row >= 0) {
        scrollTo(currentIndex(), EnsureVisible);
    }
    m_following = false;
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
    horizontalScrollBar()->setValue(horizontalScrollBar()->value()
                                    - (turn.x() != 0 ? turn.x() : turn.y()));
    event->accept();
}

} // namespace exhibit::ui
