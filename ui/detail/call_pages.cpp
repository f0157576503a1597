// SPDX-License-Identifier: Apache-2.0
#include "ui/detail/call_pages.h"

#include "ui/detail/call_text.h"
#include "ui/detail/json_layout.h"
#include "ui/detail/json_page.h"
#include "ui/text.h"
#include "ui/timeline/event_text.h"

#include <QTabWidget>

namespace exhibit::ui {
namespace {

using namespace Qt::StringLiterals;
using domain::CallPart;
using domain::StepType;

} // namespace

CallPages::CallPages(const Services& services, QTabWidget& tabs, QObject* parent)
    : QObject(parent)
    , m_services(services)
    , m_tabs(tabs)
    , m_request(new JsonPage(&tabs))
    , m_response(new JsonPage(&tabs))
    , m_headers(new JsonPage(&tabs))
    , m_bytes(new JsonPage(&tabs))
{
    connect(services.selection, &Selection::incidentChanged, this, &CallPages::show);
    connect(services.selection, &Selection::timelineChanged, this, [this] {
        if (m_failure) { // It may be written by now.
            forget();
        }
        show();
    });
    connect(services.sources, &SourceHub::sourceChanged, this, &CallPages::forget);
    connect(&tabs, &QTabWidget::currentChanged, this, &CallPages::show);
}

void CallPages::forget()
{
    m_callId.clear();
    m_call.reset();
    m_failure.reset();
    m_parts.clear();
    m_question.reset();
    m_partQuestion.reset();
}

void CallPages::show()
{
    auto* page = qobject_cast<JsonPage*>(m_tabs.currentWidget());
    const auto* hit = m_services.selection->hit();
    if (hit == nullptr
        || (page != m_request && page != m_response && page != m_headers && page != m_bytes)) {
        return;
    }
    if (hit->incident.callId.text() != m_callId) {
        forget();
        m_callId = hit->incident.callId.text();
    }
    if (m_call) {
        showCall(*page);
    } else if (m_services.selection->timeline() == nullptr) {
        page->showNothing(tr("The record is being fetched."));
    } else if (m_services.selection->awaitsCall()) {
        page->showNothing(tr("The record is not here yet: it is written when the call has ended."));
    } else if (m_failure) {
        showSteps(*page);
    } else {
        page->showNothing(tr("The record is being fetched."));
        ask();
    }
}

void CallPages::ask()
{
    auto* source = m_services.sources->source();
    if (source == nullptr || m_question) {
        return;
    }
    m_question = source->call(m_callId, [this](domain::SourceResult<domain::CallExchange> reply) {
        const auto done = std::exchange(m_question, nullptr);
        if (reply) {
            m_call = *std::move(reply);
        } else {
            m_failure = toQt(reply.error().error.message);
        }
        show();
    });
}

CallPages::Parts CallPages::partsOf(const JsonPage& page) const
{
    Parts parts;
    if (&page == m_request) {
        parts = {CallPart::Request, CallPart::Sent};
    } else if (&page == m_bytes || (&page == m_response && !m_call->streaming)) {
        parts = {CallPart::Released, CallPart::Withheld};
    }
    std::erase_if(parts, [this](CallPart part) { return sizeOf(part) == 0; });
    return parts;
}

std::int64_t CallPages::sizeOf(CallPart part) const
{
    switch (part) {
    case CallPart::Request:
        return m_call->requestBytes;
    case CallPart::Sent:
        return m_call->sentBytes.value_or(0);
    case CallPart::Released:
        return m_call->releasedBytes;
    case CallPart::Withheld:
        return m_call->withheldBytes;
    }
    return 0;
}

const Bytes& CallPages::bytesOf(CallPart part) const
{
    static const Bytes kNone;
    const auto found = m_parts.find(part);
    return found == m_parts.end() ? kNone : found->second;
}

void CallPages::showCall(JsonPage& page)
{
    Parts missing = partsOf(page);
    std::erase_if(missing, [this](CallPart part) { return m_parts.contains(part); });
    if (missing.empty()) {
        fill(page);
        return;
    }
    std::int64_t size = 0;
    for (const auto part : missing) {
        size += sizeOf(part);
    }
    page.offer(size, [this, &page, missing] { fetch(page, missing); });
}

void CallPages::fetch(JsonPage& page, const Parts& parts)
{
    page.showNothing(tr("The record is being fetched."));
    fetchNext(page, parts);
}

void CallPages::fetchNext(JsonPage& page, Parts parts)
{
    auto* source = m_services.sources->source();
    if (source == nullptr) {
        return;
    }
    const auto part = parts.back();
    parts.pop_back();
    m_partQuestion = source->callContent(
        m_callId, part, [this, &page, part, parts](domain::SourceResult<Bytes> reply) {
            const auto done = std::exchange(m_partQuestion, nullptr);
            if (!reply) {
                page.showNothing(toQt(reply.error().error.message));
                return;
            }
            m_parts[part] = *std::move(reply);
            if (!parts.empty()) {
                fetchNext(page, parts);
            } else {
                show(); // Another page may be looked at by now.
            }
        });
}

void CallPages::fill(JsonPage& page)
{
    const auto call = *m_call;
    if (&page == m_headers) {
        page.showNothing(headersText(call));
    } else if (&page == m_request) {
        page.make([call, request = bytesOf(CallPart::Request), sent = bytesOf(CallPart::Sent)] {
            return requestText(call, request, sent);
        });
    } else if (&page == m_response && call.streaming) {
        showSteps(page);
    } else {
        const auto text = &page == m_bytes ? eventsText : responseText;
        page.make(
            [call,
             text,
             released = bytesOf(CallPart::Released),
             withheld = bytesOf(CallPart::Withheld)] { return text(call, released, withheld); });
    }
}

void CallPages::showSteps(JsonPage& page)
{
    const auto timeline = m_services.selection->timeline();
    const auto* hit = m_services.selection->hit();
    if (&page == m_headers || &page == m_bytes || !timeline || hit == nullptr) {
        page.showNothing(m_failure.value_or(tr("The record is being fetched.")));
        return;
    }
    const auto* event = firstOf(
        *timeline, hit->incident.callId, &page == m_request ? StepType::Input : StepType::Output);
    if (event != nullptr) {
        const QString head = m_failure ? tr("As the run's steps keep it: %1.").arg(*m_failure)
                                       : tr("HTTP %1: what its events put together; the events "
                                            "themselves are under Bytes.")
                                             .arg(m_call->upstreamStatus);
        page.make([head, text = printJson(event->data)]() -> QString {
            return head + u"\n\n"_s + prettyJson(text);
        });
    } else if (timeline->truncated) {
        page.showNothing(&page == m_request
                             ? tr("The request is not among the events that were fetched.")
                             : tr("The answer is not among the events that were fetched."));
    } else if (&page == m_request) {
        page.showNothing(tr("No request is recorded."));
    } else if (firstOf(*timeline, hit->incident.callId, StepType::Input) != nullptr) {
        page.showNothing(tr("No answer is recorded: the call did not reach a provider."));
    } else {
        page.showNothing(tr("No answer is recorded."));
    }
}

} // namespace exhibit::ui
