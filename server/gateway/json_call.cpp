// SPDX-License-Identifier: Apache-2.0
// Answers that are read whole before anything goes out: JSON, errors, and whatever else is no
// stream of events.
#include "server/gateway/admission_replies.h"
#include "server/gateway/answer_edits.h"
#include "server/gateway/content_coding.h"
#include "server/gateway/live_call.h"
#include "server/gateway/whole_answer.h"

#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace exhibit::gateway {

namespace asio = boost::asio;

namespace {

double secondsBetween(SteadyTime from, SteadyTime to)
{
    return std::chrono::duration<double>(to - from).count();
}

} // namespace

asio::awaitable<Result<void>> LiveCall::readBody()
{
    while (true) {
        EXHIBIT_CO_TRY(const auto bytes, co_await m_upstream->readSome());
        if (!bytes) {
            co_return Result<void>{};
        }
        if (m_body.empty()) {
            m_call->closing.firstByteUs = m_call->identity().elapsedUs();
        }
        m_body += *bytes;
        if (m_body.size() > m_core.services.options.answerBytesMax) {
            m_upstream->cancel();
            co_return fail(ErrorCode::TooLarge, "the provider's answer is too large");
        }
    }
}

asio::awaitable<void> LiveCall::relayWhole(UpstreamHead head)
{
    const auto read = co_await readBody();
    m_answeredAt = std::chrono::steady_clock::now();
    if (!read) {
        m_call->meter->addAnswerText(m_body.size());
        m_call->evidence->withhold({0, 0, std::move(m_body)});
        co_await refuse(read.error());
    } else if (m_body.empty() || (head.status / 100 != 2 && isMereError(head))) {
        co_await answerAsIs(std::move(head));
    } else {
        co_await answerJudged(std::move(head));
    }
}

bool LiveCall::isMereError(const UpstreamHead& head)
{
    if (m_call->guard->outputUnguarded()) {
        return true;
    }
    const auto codings = head.headers.find("content-encoding").value_or("");
    Bytes decoded;
    const auto plain = plainBody(codings, decoded);
    return plain && gateway::isMereError(*m_call->guard, *plain, *m_call->surface);
}

/// The provider's own errors belong to the client, byte for byte; they cost nothing.
asio::awaitable<void> LiveCall::answerAsIs(UpstreamHead head)
{
    if (head.status >= 400) {
        m_call->meter->nothingCharged();
    }
    http::Response response{head.status, answerHeaders(head.headers), std::move(m_body)};
    const auto nothing = [](std::string_view, std::size_t, std::size_t) { return std::string(); };
    recorder().record(conclude(), nothing);
    co_await deliver(std::move(response), std::nullopt);
}

/// The answer without its codings, kept in `decoded` if it has any; nullopt when they cannot be
/// undone.
std::optional<BytesView> LiveCall::plainBody(std::string_view codings, Bytes& decoded) const
{
    if (isIdentity(codings)) {
        return m_body;
    }
    auto plain = decodeContent(codings, m_body, m_core.services.options.answerBytesMax);
    if (!plain) {
        return std::nullopt;
    }
    decoded = *std::move(plain);
    return decoded;
}

asio::awaitable<void> LiveCall::answerJudged(UpstreamHead head)
{
    m_answered = true;
    WholeAnswer answer(*m_call->guard, *m_call->meter, *m_call->surface);
    const auto codings = head.headers.find("content-encoding").value_or("");
    Bytes decoded;
    if (const auto plain = plainBody(codings, decoded)) {
        answer.begin(*plain);
        while (answer.readSome()) { // Who stops the run meanwhile is obeyed in deliver().
            co_await asio::post(m_core.services.io, asio::use_awaitable);
        }
        answer.conclude();
    } else {
        answer.unreadable("The coding of the provider's answer cannot be undone.");
    }
    if (head.status >= 400) {
        m_call->meter->nothingCharged();
    }
    m_call->closing.finishReasons = answer.finishReasons();
    m_call->closing.answeredModel = answer.model();
    auto rewritten = answer.rewritten();
    std::optional<http::ErrorReply> refusal;
    if (m_call->guard->stop()) {
        Durability durability(m_core.services.io);
        const auto notice = stopRun(answer.channels(), 0, durability);
        if (m_call->project->stopStyle == domain::StopStyle::Error || !answer.canBeCut()) {
            refusal = stopReply(*m_call->guard->stop(), notice);
        } else {
            const Bytes& body = rewritten ? *rewritten : decoded.empty() ? m_body : decoded;
            rewritten = withLastMember(body, "exhibit", noticeJson(notice));
        }
        // What stopped the run must be on disk before the client hears of it.
        if (const auto durable = co_await durability.wait(); !durable) {
            refusal = unrecorded(m_core.services.journal.stats(), "the stop cannot be recorded");
        }
    } else {
        recorder().record(conclude(), outputTexts(answer.channels()));
    }
    if (refusal) {
        auto response = m_call->surface->error(*refusal, m_exchange.request().id);
        addCallHeaders(response.headers, *m_call);
        noteChannels(answer.channels());
        co_await deliver(std::move(response), std::move(m_body));
        co_return;
    }
    answer.noteReleased();
    noteChannels(answer.channels());
    http::Response response{head.status, answerHeaders(head.headers), {}};
    std::optional<Bytes> original;
    if (rewritten) {
        response.headers.remove("content-encoding");
        response.body = *std::move(rewritten);
        original = std::move(m_body);
    } else {
        response.body = std::move(m_body);
    }
    co_await deliver(std::move(response), std::move(original));
}

/// Records the answer, waits until that is durable (INV-1), and sends it. `original` is what the
/// provider sent when that is something else.
asio::awaitable<void> LiveCall::deliver(http::Response response, std::optional<Bytes> original)
{
    const int status = response.status;
    const bool stopped = m_call->guard->stop().has_value();
    if (original) {
        m_call->evidence->withhold({0, 0, *std::move(original)});
    }
    Durability durability(m_core.services.io);
    m_call->evidence->release(
        {0, 0, m_call->surface->digested(response.body).value_or(response.body)},
        durability.track());
    const auto durable = co_await durability.wait();
    if (!durable) {
        co_await refuseUnrecorded("the answer cannot be recorded");
        co_return;
    }
    if (m_clientGone) {
        closeUnfinished({ErrorCode::Cancelled, {}, {}});
        co_return;
    }
    if (m_killed) { // Meanwhile; what the record calls released is the most that may be out.
        Error killed{ErrorCode::Cancelled, {}, {}};
        co_await refuse(std::move(killed));
        co_return;
    }
    const auto sent = co_await m_exchange.respond(std::move(response));
    const auto now = std::chrono::steady_clock::now();
    m_core.addedLatency.observe(secondsBetween(m_call->identity().startedAt, m_sentAt)
                                + secondsBetween(m_answeredAt, now));
    m_core.timeToFirstEvent.observe(secondsBetween(m_call->identity().startedAt, now));
    if (!sent) {
        m_clientGone = true;
        closeUnfinished(sent.error());
    } else {
        close(status, stopped ? "stopped" : status >= 400 ? "upstream_error" : "completed");
    }
}

} // namespace exhibit::gateway
