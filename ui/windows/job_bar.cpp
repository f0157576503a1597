// SPDX-License-Identifier: Apache-2.0
#include "ui/windows/job_bar.h"

#include "ui/text.h"

#include <QClipboard>
#include <QDesktopServices>
#include <QFileInfo>
#include <QGuiApplication>
#include <QPushButton>
#include <QUrl>

namespace exhibit::ui {

JobBar::JobBar(const Services& services, QWidget* parent)
    : MessageBar(parent)
    , m_services(services)
{
    setObjectName(QStringLiteral("job.bar"));
    connect(services.jobs, &JobList::ended, this, [this](const Job* job) { show(*job); });
    connect(services.jobs, &JobList::noted, this, [this] {
        m_failed = 0;
        clear();
    });
}

void JobBar::show(const Job& job)
{
    const bool failed = job.state() == Job::State::Failed;
    if (job.file().isEmpty() || (!failed && m_failed > 0)) {
        return;
    }
    m_failed += failed ? 1 : 0;
    if (!failed) {
        showMessage(Kind::Done, tr("%1: done.").arg(job.title()), job.note());
    } else if (m_failed == 1) {
        showMessage(Kind::Error, tr("%1: failed.").arg(job.title()), job.note());
    } else {
        showMessage(Kind::Error,
                    tr("%n job(s) failed.", nullptr, m_failed),
                    tr("The last one: %1. %2").arg(job.title(), job.note()));
    }
    addActions(job);
}

void JobBar::addActions(const Job& job)
{
    if (job.state() == Job::State::Done) {
        addAction(tr("Show folder"), [file = job.file()] { showFolderOf(file); });
    } else {
        addAction(tr("Copy"), [text = accessibleName() + QLatin1Char('\n') + job.note()] {
            QGuiApplication::clipboard()->setText(withoutIsolates(text));
        });
    }
    addAction(tr("Close"), [jobs = m_services.jobs] { jobs->takeNote(); });
}

void showFolderOf(const QString& file)
{
    QDesktopServices::openUrl(QUrl::fromLocalFile(QFileInfo(file).absolutePath()));
}

} // namespace exhibit::ui
