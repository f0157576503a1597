// SPDX-License-Identifier: Apache-2.0
#include "ui/widgets/phrase_label.h"

#include "ui/text.h"

#include <QClipboard>
#include <QContextMenuEvent>
#include <QGuiApplication>
#include <QKeyEvent>
#include <QMenu>

namespace exhibit::ui {

void PhraseLabel::copy() const
{
    QString text = selectedText();
    text.replace(QChar::ParagraphSeparator, QLatin1Char('\n'));
    QGuiApplication::clipboard()->setText(withoutIsolates(text));
}

void PhraseLabel::keyPressEvent(QKeyEvent* event)
{
    if (event->matches(QKeySequence::Copy) && hasSelectedText()) {
        copy();
        return;
    }
    QLabel::keyPressEvent(event);
}

void PhraseLabel::contextMenuEvent(QContextMenuEvent* event)
{
    if (!hasSelectedText()) { // What else there is to do stands in the menu of the pane.
        event->ignore();
        return;
    }
    auto* menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    connect(menu->addAction(tr("&Copy")), &QAction::triggered, this, [this] { copy(); });
    menu->popup(event->globalPos());
}

} // namespace exhibit::ui
