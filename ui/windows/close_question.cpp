// SPDX-License-Identifier: Apache-2.0
#include "ui/windows/close_question.h"

#include <QMainWindow>
#include <QMessageBox>
#include <QPointer>
#include <QPushButton>

namespace exhibit::ui {

bool CloseQuestion::mayClose(QMainWindow& window, const QList<JobList*>& lists)
{
    return ask(window,
               lists,
               {tr("Close this window"),
                tr("Closing it cancels them, and their files are not written."),
                tr("Cancel them and close")},
               [&window] { window.close(); });
}

bool CloseQuestion::mayQuit(QMainWindow& window,
                            const QList<JobList*>& lists,
                            std::function<void()> goOn)
{
    return ask(window,
               lists,
               {tr("Quit Exhibit"),
                tr("Quitting cancels them, and their files are not written."),
                tr("Cancel them and quit")},
               std::move(goOn));
}

bool CloseQuestion::ask(QMainWindow& window,
                        const QList<JobList*>& lists,
                        const Texts& texts,
                        std::function<void()> goOn)
{
    int writing = 0;
    QList<QPointer<JobList>> ending; // A record's window may be gone when the answer comes.
    for (auto* list : lists) {
        writing += list->writing();
        ending << list;
    }
    if (writing == 0) {
        return true;
    }
    if (window.findChild<QMessageBox*>(QStringLiteral("close.question")) != nullptr) {
        return false;
    }
    auto* box = new QMessageBox(QMessageBox::Question,
                                texts.title,
                                tr("%n job(s) still run.", nullptr, writing),
                                QMessageBox::NoButton,
                                &window);
    box->setObjectName(QStringLiteral("close.question"));
    box->setAttribute(Qt::WA_DeleteOnClose);
    box->setInformativeText(texts.what);
    auto* stop = box->addButton(texts.button, QMessageBox::DestructiveRole);
    box->setDefaultButton(box->addButton(tr("Keep open"), QMessageBox::RejectRole));
    QObject::connect(stop, &QPushButton::clicked, &window, [goOn, ending] {
        for (const auto& list : ending) {
            if (list) {
                list->cancelWriting();
            }
        }
        goOn();
    });
    box->open();
    return false;
}

} // namespace exhibit::ui
