// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/gateway/live_call.h"
#include "server/gateway/stream_relay.h"

#include <deque>

namespace exhibit::gateway {

/// Relays one stream: a coroutine reads the provider and records what may go out, another one (the
/// handler's) writes to the client what has become durable. A slow client slows the provider.
class StreamCall : public std::enable_shared_from_this<StreamCall> {
public:
    StreamCall(std::shared_ptr<LiveCall> call, bool readable);

    /// From the answer's head to the call's last record.
    boost::asio::awaitable<void> run(UpstreamHead head);

private:
    /// Bytes recorded for the client, in order.
    struct Outgoing {
        Bytes bytes;
        bool durable = false;
    };

    boost::asio::awaitable<void> readProvider();
    boost::asio::awaitable<Result<void>> readOnce();
    [[nodiscard]] Result<void> readSlice();
    [[nodiscard]] StreamRelay::Options relayOptions();
    void startReading();
    void takeBytes(BytesView bytes);
    void endOfStream();
    /// Records what the relay lets out and what it keeps.
    void flush();
    void concludeOnce();
    boost::asio::awaitable<void> finishStop();
    boost::asio::awaitable<void> finishKill();
    [[nodiscard]] Bytes endingOf(const StopNotice& notice) const;
    void enqueue(EventBytes events);
    void markDurable(std::size_t number, const Result<void>& result);

    boost::asio::awaitable<void> writeClient();
    [[nodiscard]] Bytes takeDurable();
    void clientLeft();
    boost::asio::awaitable<void> finish();
    void closeRecord();

    std::shared_ptr<LiveCall> m_live;
    CallState& m_call; ///< Of m_live.
    StreamRelay m_relay;
    bool m_readable; ///< False: the stream has a content coding and passes as opaque bytes.
    std::deque<Outgoing> m_outgoing;
    std::size_t m_firstOutgoing = 0; ///< Number of m_outgoing's first element since the beginning.
    std::size_t m_unwritten = 0; ///< Bytes in m_outgoing.
    Wakeup m_readerWakeup; ///< The client took bytes, or everything is over.
    Wakeup m_writerWakeup; ///< Something became durable, or the reader ended.
    bool m_readerDone = false;
    bool m_providerEnded = false; ///< And the relay knows it.
    bool m_wholeOut = false; ///< The answer's last event is among what the client gets.
    bool m_complete = false; ///< The client's stream may be ended properly.
    bool m_killed = false; ///< Its run was, and the client is told so.
    bool m_recordFailed = false;
    bool m_lacksBudget = false; ///< The relay waits for it.
    std::optional<Error> m_failure; ///< Why the provider's stream broke.
    SteadyTime m_lastReadAt{};
    bool m_firstWritten = false;
};

} // namespace exhibit::gateway
