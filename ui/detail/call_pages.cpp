// SPDX-License-Identifier: Apache-2.0
#include "ui/detail/call_pages.h"

#include "ui/detail/call_text.h"
#include "ui/detail/json_page.h"
#include "ui/text.h"

#include <QTabWidget>

namespace exhibit::ui {

using namespace Qt::StringLiterals;
using domain::CallPart;

CallPages::CallPages(SourceHub& sources, QTabWidget& tabs, QObject* parent)
    : QObject(parent)
    , m_sources(sources)
    , m_tabs(tabs)
    , m_request(new JsonPage(&tabs))
    , m_response(new JsonPage(&tabs))
    , m_headers(new JsonPage(&tabs))
    , m_bytes(new JsonPage(&tabs))
{
    connect(&sources, &SourceHub::sourceChanged, this, [this] {
        const std::string id = m_callId;
        forget();
        m_callId = id;
    });
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

void CallPages::tryAgain()
{
    m_failure.reset();
}

void CallPages::follow(const std::string& callId)
{
    if (callId != m_callId) {
        forget();
        m_callId = callId;
    }
    show();
}

void CallPages::show()
{
    auto* page = qobject_cast<JsonPage*>(m_tabs.currentWidget());
    if (m_callId.empty()
        || (page != m_request && page != m_response && page != m_headers && page != m_bytes)) {
        return;
    }
    if (m_call) {
        return showCall(*page);
    }
    const QString wait = waitsFor();
    if (!wait.isEmpty()) {
        page->showNothing(wait);
    } else if (m_failure) {
        const bool isInSteps = page != m_headers && page != m_bytes;
        if (!isInSteps || !showOtherwise(*page, *m_failure)) {
            page->showNothing(*m_failure);
        }
    } else {
        page->showNothing(tr("The record is being fetched."));
        ask();
    }
}

bool CallPages::showOtherwise(JsonPage& page, const QString& failure)
{
    Q_UNUSED(page)
    Q_UNUSED(failure)
    return false;
}

void CallPages::ask()
{
    auto* source = m_sources.source();
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
    } else if (&page == m_bytes || &page == m_response) {
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
    if (&page == m_response && m_call->streaming && showOtherwise(page, {})) {
        return;
    }
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
    auto* source = m_sources.source();
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
    } else {
        const auto text = &page == m_bytes ? eventsText : responseText;
        page.make(
            [call,
             text,
             released = bytesOf(CallPart::Released),
             withheld = bytesOf(CallPart::Withheld)] { return text(call, released, withheld); });
    }
}

} // namespace exhibit::ui
