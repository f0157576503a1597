// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/gateway/answer_channels.h"
#include "server/gateway/event_shapes.h"
#include "server/gateway/held_event.h"
#include "server/gateway/text_reading.h"
#include "server/gateway/usage_meter.h"

#include <functional>
#include <list>

namespace exhibit::gateway {

/// An event whose texts are read.
struct EventReading {
    HeldEvent held;
    EventParts parts; ///< Of held's data.
    std::size_t text = 0; ///< Of the answer's.
    TextReading reading;
};

/// Decides when each event of a provider's stream goes out, and as what. Events go out once the
/// guard is done with every byte of their texts, unchanged unless some are redacted; order is kept
/// within a choice and field, the end of a choice waits for what it holds back, and what belongs to
/// no choice waits for all (rulings.md 12). Knows nothing of sockets or time: the same bytes give
/// the same answer however they were split.
class StreamRelay {
public:
    struct Options {
        bool hideUsage = false; ///< We asked for the usage chunk, the client did not.
        const Surface& surface = chatSurface();
        std::function<UtcTime()> now = utcNow; ///< What durations are measured by.
        /// Asked on every change of usage; true: nothing more goes out. Empty: never.
        std::function<bool()> overLimit = {};
        /// Asked between events; true: no further one is taken before readSome() is called again.
        std::function<bool()> mustWait = {};
    };
    /// `guard` and `meter` outlive the relay.
    StreamRelay(prevention::CallGuard& guard, UsageMeter& meter, Options options);

    /// The next bytes from the provider. TooLarge when an event is over the limit: the stream
    /// cannot be understood any more.
    [[nodiscard]] Result<void> feed(BytesView bytes);
    /// The same in steps, so that a long event does not keep others waiting: accept(), then
    /// readSome() while it is true.
    void accept(BytesView bytes) { m_parser.append(bytes); }
    /// Reads about a Slice of the events' texts; true while there are more. Errors as of feed().
    [[nodiscard]] Result<bool> readSome();
    /// readSome() has more to read.
    [[nodiscard]] bool isReading() const { return m_isReading && !m_stopped; }
    /// The provider ended the stream properly.
    void finish();
    /// The stream broke or nobody wants it any more: nothing that is held goes out.
    void abandon();
    /// The guard was told of new usage outside feed(), which may have stopped the run.
    void checkStop();

    /// True once the guard stopped the run: no byte of the provider goes out any more.
    [[nodiscard]] bool stopped() const { return m_stopped; }
    /// Choices that began, for readers who need the order also for the client, and whose end has
    /// not gone out.
    [[nodiscard]] std::vector<std::int64_t> openChoices() const;
    [[nodiscard]] bool choicesEnded() const { return !m_choices.empty() && openChoices().empty(); }
    [[nodiscard]] std::vector<std::int64_t> endedChoices() const;
    /// The provider's own end of the stream went out: nothing may follow it.
    [[nodiscard]] bool ended() const { return m_ended; }

    /// What may go out now, in order.
    [[nodiscard]] std::vector<EventBytes> takeReleased();
    /// What came and does not go out as it came.
    [[nodiscard]] std::vector<EventBytes> takeWithheld();
    [[nodiscard]] std::size_t heldBytes() const { return m_heldBytes; }

    [[nodiscard]] std::int64_t eventCount() const { return m_eventCount; }
    /// [DONE] has come or the stream ended: every text is whole and was judged.
    [[nodiscard]] bool complete() const { return m_done; }
    /// All of the answer was let out, its last event too.
    [[nodiscard]] bool wholeOut() const { return m_done && !m_stopped && m_held.empty(); }
    /// The event at which the run was stopped, from 0.
    [[nodiscard]] std::int64_t stopEvent() const { return m_stopEvent; }
    [[nodiscard]] const AnswerChannels& channels() const { return m_channels; }
    [[nodiscard]] const std::vector<std::string>& finishReasons() const { return m_finishReasons; }
    [[nodiscard]] const StreamFrame& frame() const { return *m_frame; }
    /// Something of the answer went out.
    [[nodiscard]] bool begun() const { return m_begun; }

private:
    struct Choice {
        std::int64_t index = 0;
        bool ended = false; ///< Its end went out.
        bool begun = false; ///< An event of it did.
    };
    void take(SseEvent event);
    [[nodiscard]] bool mayPassAside(const HeldEvent& held);
    void beginChunk();
    [[nodiscard]] bool readChunk(Slice& slice);
    void endChunk();
    [[nodiscard]] HeldEvent takeRead();
    void takeUnreadable(std::string_view why);
    [[nodiscard]] bool isOurUsage(const AnswerParts& answer) const;
    void noteChoices(HeldEvent& held, const AnswerParts& answer);
    void meter();
    void hold(HeldEvent held);
    [[nodiscard]] bool mayOvertake(const HeldEvent& held) const;
    void releaseReady();
    void releaseInOrder();
    [[nodiscard]] bool mayPass(const HeldEvent& held) const;
    void letOut(const HeldEvent& held);
    void release(const HeldEvent& held);
    void noteReleased(const HeldEvent& held);
    void releaseRewritten(const HeldEvent& held);
    void stop();
    [[nodiscard]] bool isChanged(const HeldEvent& held) const;
    void withhold(const HeldEvent& held);
    void withholdRest();

    prevention::CallGuard& m_guard;
    UsageMeter& m_meter;
    Options m_options;
    AnswerChannels m_channels;
    SseParser m_parser;
    std::optional<EventReading> m_reading;
    std::list<HeldEvent> m_held;
    std::size_t m_heldBytes = 0;
    std::size_t m_heldTexts = 0; ///< HeldEvent events that are not isToolCall.
    std::size_t m_closedCalls = 0; ///< Tool calls that had closed when events were last let out.
    std::vector<Choice> m_choices;
    std::vector<std::string> m_finishReasons;
    std::unique_ptr<StreamFrame> m_frame;
    EventShapes m_shapes;
    std::vector<EventBytes> m_released;
    std::vector<EventBytes> m_withheld;
    std::int64_t m_eventCount = 0;
    std::int64_t m_stopEvent = 0;
    bool m_done = false; ///< [DONE] was seen, or the end.
    bool m_begun = false;
    bool m_ended = false;
    bool m_stopped = false;
    bool m_overLimit = false;
    bool m_isReading = false;
};

} // namespace exhibit::gateway
