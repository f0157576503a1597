// SPDX-License-Identifier: Apache-2.0
#include "ui/detail/record_copy.h"

#include "ui/detail/copy_as.h"
#include "ui/text.h"
#include "ui/timeline/event_text.h"
#include "ui/widgets/time_display.h"

#include <QApplication>
#include <QClipboard>
#include <QPointer>
#include <QThreadPool>

namespace exhibit::ui {

using namespace Qt::StringLiterals;

RecordCopy::RecordCopy(const Services& services, QObject* parent)
    : QObject(parent)
    , m_services(services)
{
    auto& actions = *services.actions;
    actions.handle(u"edit.copy_id", this, [this] {
        if (const auto* hit = m_services.selection->hit()) {
            QGuiApplication::clipboard()->setText(toQt(hit->incident.incidentId.text()));
        }
    });
    actions.handle(u"edit.copy_json", this, [this] { copyJson(); });
    actions.handle(u"edit.copy_markdown", this, [this] { copyMarkdown(); });
    actions.handle(u"edit.copy_curl", this, [this] { copyCurl(); });
}

void RecordCopy::copyJson()
{
    if (const auto hit = m_services.selection->shared()) {
        copy([hit, timeline = m_services.selection->timeline()] {
            return asJson(hit->incident, timeline.get());
        });
    }
}

void RecordCopy::copyMarkdown()
{
    if (const auto hit = m_services.selection->shared()) {
        copy([hit,
              timeline = m_services.selection->timeline(),
              time = TimeDisplay::instance().iso(hit->incident.createdAt)] {
            return asMarkdown(hit->incident, timeline.get(), time);
        });
    }
}

void RecordCopy::copyCurl()
{
    const auto hit = m_services.selection->shared();
    const auto timeline = m_services.selection->timeline();
    const auto* input = hit && timeline
        ? firstOf(*timeline, hit->incident.callId, domain::StepType::Input)
        : nullptr;
    if (input != nullptr) {
        copy([input = *input, server = m_services.sources->baseUrl()] {
            return asCurl(input, server);
        });
    }
}

void RecordCopy::copy(std::function<QString()> make)
{
    const int number = ++m_copies;
    QThreadPool::globalInstance()->start(
        [copies = QPointer<RecordCopy>(this), number, make = std::move(make)] {
            QString text = make();
            QMetaObject::invokeMethod(qApp, [copies, number, text = std::move(text)] {
                if (copies && copies->m_copies == number) {
                    QGuiApplication::clipboard()->setText(text);
                }
            });
        });
}

} // namespace exhibit::ui
