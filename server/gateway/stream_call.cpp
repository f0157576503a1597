// SPDX-License-Identifier: Apache-2.0
#include "server/gateway/stream_call.h"

#include "server/gateway/admission_replies.h"
#include "server/gateway/content_coding.h"
#include "server/ops/log.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace exhibit::gateway {

namespace asio = boost::asio;

asio::awaitable<void> LiveCall::relayStream(UpstreamHead head)
{
    m_answered = true;
    const bool readable = isIdentity(head.headers.find("content-encoding").value_or(""));
    const auto stream = std::make_shared<StreamCall>(shared_from_this(), readable);
    co_await stream->run(std::move(head));
}

StreamCall::StreamCall(std::shared_ptr<LiveCall> call, bool readable)
    : m_live(std::move(call))
    , m_call(*m_live->m_call)
    , m_relay(*m_call.guard, *m_call.meter, relayOptions())
    , m_readable(readable)
    , m_readerWakeup(m_live->m_core.services.io)
    , m_writerWakeup(m_live->m_core.services.io)
{
}

StreamRelay::Options StreamCall::relayOptions()
{
    StreamRelay::Options options{.hideUsage = m_call.usageAsked, .surface = *m_call.surface};
    if (!m_call.limits.empty()) {
        options.overLimit = [this] { return m_live->checkLimits(); };
    }
    if (m_call.quota && m_call.quota->countsUsage()) {
        // An answer that has ended uses no more.
        options.mustWait = [this] {
            m_lacksBudget = m_live->budgetLacks() && !m_relay.choicesEnded();
            return m_lacksBudget;
        };
    }
    return options;
}

asio::awaitable<void> StreamCall::run(UpstreamHead head)
{
    if (!m_call.opened) {
        // Nobody asked for a stream, so nobody waited for the call's record: one behind it does.
        m_call.evidence->release({}, m_call.opened.emplace(m_live->m_core.services.io).track());
    }
    if (!co_await m_call.opened->wait()) {
        m_live->m_upstream->cancel();
        co_await m_live->refuseUnrecorded("the call cannot be recorded");
        co_return;
    }
    m_call.closing.status = head.status;
    auto headers = m_live->answerHeaders(head.headers);
    if (!headers.contains("cache-control")) {
        headers.add("Cache-Control", "no-cache");
    }
    if (!headers.contains("x-accel-buffering")) {
        headers.add("X-Accel-Buffering", "no");
    }
    const auto begun = co_await m_live->m_exchange.begin(head.status, std::move(headers));
    if (!begun) {
        clientLeft();
    }
    startReading();
    co_await writeClient();
    co_await finish();
}

void StreamCall::startReading()
{
    m_live->m_wakeReader = [weak = weak_from_this()] {
        if (const auto self = weak.lock()) {
            self->m_readerWakeup.raise();
        }
    };
    const auto ended = [self = shared_from_this()](std::exception_ptr error) {
        if (error) {
            ops::logError("a stream's reader failed; its call is cut");
            self->m_failure = Error{ErrorCode::Internal, "the reader failed", {}};
        }
        self->m_readerDone = true;
        self->m_writerWakeup.raise();
    };
    asio::co_spawn(m_live->m_core.services.io, readProvider(), ended);
}

asio::awaitable<void> StreamCall::readProvider()
{
    const bool counted = m_call.guard->needsUsage() || m_call.quota;
    if (!m_readable && m_call.guard->outputUnguarded() && counted) {
        m_failure = Error{ErrorCode::Unavailable,
                          "the provider's stream has a content coding that nobody asked for",
                          {}};
    }
    // A guard that cannot read the stream says so before any of it goes out.
    if (!m_readable && !m_call.guard->outputUnguarded()) {
        m_call.guard->outputUnreadable("The provider's stream has a content coding.");
        m_relay.checkStop();
    }
    while (!m_complete && !m_failure && !m_relay.stopped() && !m_recordFailed
           && !m_live->m_killed) {
        if (m_unwritten > limits::kStreamUnreleasedBytesMax && !m_live->m_clientGone) {
            // A client that does not read holds back its events, not what ends them.
            co_await m_readerWakeup.wait();
            m_relay.checkStop();
            if (m_live->m_timedOut) {
                m_failure = Error{ErrorCode::DeadlineExceeded, "the call took too long", {}};
            }
            continue;
        }
        if (std::exchange(m_lacksBudget, false)) {
            co_await m_live->topUpBudget();
            continue;
        }
        if (auto read = co_await readOnce(); !read) {
            m_failure = std::move(read).error();
        }
    }
    m_relay.checkStop(); // The run's time may have ended it meanwhile.
    if (m_relay.stopped()) {
        m_live->m_upstream->cancel();
        co_await finishStop();
    } else if (m_live->m_killed && !m_recordFailed) {
        co_await finishKill();
    } else if (m_failure || m_recordFailed) {
        m_live->m_upstream->cancel();
        m_relay.abandon();
        flush();
    }
}

/// The next bytes of the provider, or the next slice of a long event of its.
asio::awaitable<Result<void>> StreamCall::readOnce()
{
    if (m_relay.isReading()) {
        co_await asio::post(m_live->m_core.services.io, asio::use_awaitable);
        EXHIBIT_CO_CHECK(readSlice());
        co_return Result<void>{};
    }
    EXHIBIT_CO_TRY(const auto bytes, co_await m_live->m_upstream->readSome());
    m_lastReadAt = std::chrono::steady_clock::now();
    if (!m_call.closing.firstByteUs) {
        m_call.closing.firstByteUs = m_call.identity().elapsedUs();
    }
    if (!m_readable) {
        if (bytes) {
            enqueue({0, 0, *bytes});
        }
        m_complete = !bytes;
        co_return Result<void>{};
    }
    if (bytes) {
        m_relay.accept(*bytes);
    } else {
        m_relay.finish();
        m_providerEnded = true;
    }
    EXHIBIT_CO_CHECK(readSlice());
    co_return Result<void>{};
}

Result<void> StreamCall::readSlice()
{
    if (!m_providerEnded) {
        EXHIBIT_CHECK(m_relay.readSome());
    }
    // Durations count without new text, too.
    m_call.guard->usageChanged(
        m_call.meter->runCounters(), m_call.meter->usage().completionTokens, utcNow());
    m_relay.checkStop();
    if (!m_relay.stopped() && !m_live->m_killed) {
        flush();
        m_wholeOut = m_relay.wholeOut();
        m_complete = m_providerEnded;
    }
    return {};
}

/// Decisions are durable no later than the last event of the answer: its record follows them.
void StreamCall::concludeOnce()
{
    if (m_relay.complete() && !m_relay.stopped() && !m_live->m_concluded) {
        m_live->recorder().record(m_live->conclude(), outputTexts(m_relay.channels()));
    }
}

void StreamCall::flush()
{
    for (auto& events : m_relay.takeWithheld()) {
        m_call.evidence->withhold(std::move(events));
    }
    concludeOnce();
    for (auto& events : m_relay.takeReleased()) {
        enqueue(std::move(events));
    }
}

void StreamCall::enqueue(EventBytes events)
{
    m_unwritten += events.bytes.size();
    const std::size_t number = m_firstOutgoing + m_outgoing.size();
    m_outgoing.push_back({events.bytes, false});
    m_call.evidence->release(std::move(events),
                             [self = shared_from_this(), number](const Result<void>& result) {
                                 self->markDurable(number, result);
                             });
}

void StreamCall::markDurable(std::size_t number, const Result<void>& result)
{
    if (!result) {
        m_recordFailed = true;
        m_live->m_upstream->cancel();
        m_readerWakeup.raise();
    } else if (number >= m_firstOutgoing) {
        m_outgoing[number - m_firstOutgoing].durable = true;
    }
    m_writerWakeup.raise();
}

/// The provider is cut already. What the client may still have, the decisions, the incident and
/// the events that end the stream go to disk together, and the run's stop beside them; only then
/// does the client hear of it.
asio::awaitable<void> StreamCall::finishStop()
{
    Durability durability(m_live->m_core.services.io);
    flush();
    const auto notice = m_live->stopRun(m_relay.channels(), m_relay.stopEvent(), durability);
    if (const auto durable = co_await durability.wait(); !durable) {
        m_recordFailed = true;
        co_return;
    }
    if (!m_relay.ended()) {
        enqueue({m_relay.eventCount(), 0, endingOf(notice)});
    }
    m_complete = true;
}

/// The provider is cut and nothing that is held goes out; the client hears of it when the run's
/// stop is on disk.
asio::awaitable<void> StreamCall::finishKill()
{
    m_failure.reset();
    if (m_wholeOut) {
        m_complete = true;
        co_return;
    }
    m_killed = true;
    m_relay.abandon();
    flush();
    const auto& identity = m_call.identity();
    Durability durability(m_live->m_core.services.io);
    m_live->stopKilled(m_relay.eventCount(), durability);
    if (const auto durable = co_await durability.wait(); !durable) {
        m_recordFailed = true;
        co_return;
    }
    if (!m_relay.ended()) {
        const StopNotice notice{{}, {}, identity.run.text(), identity.call.text()};
        enqueue({m_relay.eventCount(), 0, endingOf(notice)});
    }
    m_complete = true;
}

Bytes StreamCall::endingOf(const StopNotice& notice) const
{
    StreamEnding ending;
    ending.style = m_call.project->stopStyle;
    ending.notice = notice;
    const auto& stop = m_call.guard->stop();
    const auto reply
        = stop ? stopReply(*stop, notice) : m_live->refusalFor({ErrorCode::Cancelled, {}, {}});
    ending.errorJson = printJson(
        http::errorObject(m_call.surface->named(reply), m_live->m_exchange.request().id));
    ending.begun = m_relay.begun();
    ending.withUsage = m_call.chat->usageRequested;
    ending.usage = m_call.meter->usage();
    ending.openChoices = m_relay.openChoices();
    ending.endedChoices = m_relay.endedChoices();
    ending.choicesEnded = m_relay.choicesEnded();
    ending.texts = m_relay.channels().channelTexts();
    ending.toolCalls = m_relay.channels().toolCalls();
    return m_relay.frame().ending(ending);
}

asio::awaitable<void> StreamCall::writeClient()
{
    while (!m_live->m_clientGone && !m_recordFailed) {
        const Bytes bytes = takeDurable();
        if (bytes.empty()) {
            if (m_readerDone && m_outgoing.empty()) {
                co_return;
            }
            co_await m_writerWakeup.wait();
            continue;
        }
        const auto written = co_await m_live->m_exchange.write(bytes);
        if (!written) {
            clientLeft();
            co_return;
        }
        if (!m_firstWritten) {
            m_firstWritten = true;
            const auto now = std::chrono::steady_clock::now();
            const auto seconds
                = [](auto duration) { return std::chrono::duration<double>(duration).count(); };
            m_live->m_core.timeToFirstEvent.observe(seconds(now - m_call.identity().startedAt));
            m_live->m_core.addedLatency.observe(
                seconds(m_live->m_sentAt - m_call.identity().startedAt)
                + seconds(now - m_lastReadAt));
        }
        m_unwritten -= bytes.size();
        m_readerWakeup.raise();
    }
}

/// Everything at the front that is on disk; the bytes stay counted until they are written.
Bytes StreamCall::takeDurable()
{
    Bytes bytes;
    while (!m_outgoing.empty() && m_outgoing.front().durable) {
        if (bytes.empty()) {
            bytes = std::move(m_outgoing.front().bytes);
        } else {
            bytes += m_outgoing.front().bytes;
        }
        m_outgoing.pop_front();
        ++m_firstOutgoing;
    }
    return bytes;
}

void StreamCall::clientLeft()
{
    m_live->m_clientGone = true;
    m_live->m_upstream->cancel();
    m_readerWakeup.raise();
}

asio::awaitable<void> StreamCall::finish()
{
    while (!m_readerDone) {
        m_live->m_upstream->cancel();
        m_readerWakeup.raise();
        co_await m_writerWakeup.wait();
    }
    if (m_complete && !m_recordFailed && !m_live->m_clientGone) {
        const auto ended = co_await m_live->m_exchange.end();
        if (!ended) {
            m_live->m_clientGone = true;
        }
    }
    // Otherwise the connection is cut when the handler returns: never a fake end.
    closeRecord();
}

void StreamCall::closeRecord()
{
    m_live->noteChannels(m_relay.channels());
    m_call.closing.finishReasons = m_relay.finishReasons();
    m_call.closing.eventCount = m_relay.eventCount();
    if (const auto model = JsonWalk::parse(m_relay.frame().model())) {
        m_call.closing.answeredModel = model->string(0);
    }
    if (!m_live->m_concluded) {
        m_live->recorder().record(m_live->conclude(), outputTexts(m_relay.channels()));
    }
    const int status = static_cast<int>(m_call.closing.status);
    if (m_relay.stopped() && !m_live->m_clientGone) {
        m_live->close(status, "stopped");
    } else if (m_killed && !m_live->m_clientGone && !m_recordFailed) {
        const auto& ended = m_live->m_budgetEnd;
        m_live->close(status, "stopped", ended ? ended->code : "run_killed");
    } else if (m_recordFailed) {
        m_live->close(
            status, "refused", unrecorded(m_live->m_core.services.journal.stats(), {}).code);
    } else if (m_live->m_clientGone || m_failure) {
        m_live->closeUnfinished(m_failure.value_or(Error{ErrorCode::Cancelled, {}, {}}));
    } else {
        m_live->close(status, "completed");
    }
}

} // namespace exhibit::gateway
