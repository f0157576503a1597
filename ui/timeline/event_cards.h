// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/timeline/timeline_model.h"

#include <QListView>

namespace exhibit::ui {

/// The events as a row of cards; Left and Right step, what is chosen stays in view.
class EventCards : public QListView {
    Q_OBJECT

public:
    EventCards(TimelineModel& model, QWidget* parent);
    void choose(int row);
    /// Without room it takes none and no keys, and still stands for the timeline to screen readers.
    void setShort(bool isShort);

Q_SIGNALS:
    void eventChosen(quint32 event);

protected:
    void currentChanged(const QModelIndex& current, const QModelIndex& previous) override;
    void updateGeometries() override;
    void wheelEvent(QWheelEvent* event) override;

private:
    void reveal();

    bool m_following = false; ///< The choice came from outside.
    bool m_isAwaited = false; ///< Where the chosen card stands is not known yet.
};

} // namespace exhibit::ui
