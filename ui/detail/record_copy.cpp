// SPDX-License-Identifier: Apache-2.0
#include "ui/detail/record_copy.h"

#include "ui/detail/copy_as.h"
#include "ui/text.h"
#include "ui/timeline/event_text.h"
#include "ui/widgets/time_display.h"

#include <QApplication>
#include <QClipboard>
#include <QMainWindow>
#include <QPointer>
#include <QStatusBar>
#include <QThreadPool>

namespace exhibit::ui {

using namespace Qt::StringLiterals;

namespace {

constexpr int kSaidMs = 10'000;

} // namespace

RecordCopy::RecordCopy(const Services& services, QObject* parent)
    : QObject(parent)
    , m_services(services)
{
    auto& actions = *services.actions;
    actions.handle(u"edit.copy_id", this, [this] {
        QStringList ids;
        for (const auto& incident : marked()) {
            ids << toQt(incident.incidentId.text());
        }
        if (!ids.isEmpty()) {
            QGuiApplication::clipboard()->setText(ids.join(u'\n'));
        }
    });
    actions.handle(u"edit.copy_json", this, [this] { copyJson(); });
    actions.handle(u"edit.copy_markdown", this, [this] { copyMarkdown(); });
    actions.handle(u"edit.copy_curl", this, [this] { copyCurl(Shell::Posix); });
    actions.handle(u"edit.copy_curl_powershell", this, [this] { copyCurl(Shell::PowerShell); });
    actions.handle(u"edit.copy_curl_cmd", this, [this] { copyCurl(Shell::Cmd); });
}

std::vector<domain::Incident> RecordCopy::marked() const
{
    const auto marked = m_services.selection->marked();
    std::vector<domain::Incident> incidents;
    if (marked.rows == static_cast<qint64>(marked.hits.size())) {
        for (const auto& hit : marked.hits) {
            incidents.push_back(hit->incident);
        }
    } else {
        say(marked.rows > Selection::kMarkedMax
                ? tr("Nothing was copied: at most %1 rows are copied in one step.")
                      .arg(Selection::kMarkedMax)
                : tr("Nothing was copied: some selected rows are not here yet. They are being "
                     "read."));
    }
    return incidents;
}

void RecordCopy::say(const QString& text) const
{
    m_services.window->statusBar()->showMessage(text, kSaidMs);
}

void RecordCopy::copyJson()
{
    if (auto incidents = marked(); incidents.size() != 1) {
        return incidents.empty()
            ? void()
            : copy([incidents = std::move(incidents)] { return asJson(incidents); });
    }
    if (const auto hit = m_services.selection->shared()) {
        copy([hit, timeline = m_services.selection->timeline()] {
            return asJson(hit->incident, timeline.get());
        });
    }
}

void RecordCopy::copyMarkdown()
{
    if (auto incidents = marked(); incidents.size() != 1) {
        QStringList times;
        for (const auto& incident : incidents) {
            times << TimeDisplay::instance().iso(incident.createdAt);
        }
        return incidents.empty() ? void()
                                 : copy([incidents = std::move(incidents), times]() -> QString {
                                       QStringList texts;
                                       for (std::size_t i = 0; i < incidents.size(); ++i) {
                                           texts << asMarkdown(incidents[i],
                                                               nullptr,
                                                               times.at(static_cast<qsizetype>(i)));
                                       }
                                       return texts.join(u'\n');
                                   });
    }
    if (const auto hit = m_services.selection->shared()) {
        copy([hit,
              timeline = m_services.selection->timeline(),
              time = TimeDisplay::instance().iso(hit->incident.createdAt)] {
            return asMarkdown(hit->incident, timeline.get(), time);
        });
    }
}

void RecordCopy::copyCurl(Shell shell)
{
    const auto hit = m_services.selection->shared();
    const auto timeline = m_services.selection->timeline();
    const auto* input = hit && timeline
        ? firstOf(*timeline, hit->incident.callId, domain::StepType::Input)
        : nullptr;
    if (input != nullptr) {
        copy([input = *input, server = m_services.sources->baseUrl(), shell] {
            return asCurl(input, server, shell);
        });
    } else if (hit != nullptr) {
        say(timeline == nullptr ? tr("Nothing was copied: the record is being fetched.")
                                : tr("Nothing was copied: the request is not in this record."));
    }
}

void RecordCopy::copy(std::function<Result<QString>()> make)
{
    const int number = ++m_copies;
    QThreadPool::globalInstance()->start(
        [copies = QPointer<RecordCopy>(this), number, make = std::move(make)] {
            auto made = make();
            QMetaObject::invokeMethod(qApp, [copies, number, made = std::move(made)] {
                if (!copies || copies->m_copies != number) {
                    return;
                }
                if (made) {
                    QGuiApplication::clipboard()->setText(*made);
                } else {
                    copies->say(tr("Nothing was copied: %1.").arg(toQt(made.error().message)));
                }
            });
        });
}

} // namespace exhibit::ui
