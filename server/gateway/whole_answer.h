// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/gateway/surface.h"
#include "server/gateway/text_reading.h"
#include "server/gateway/usage_meter.h"

#include <optional>

namespace exhibit::gateway {

/// A provider's answer that is one JSON text: judged as a whole, and changed only where a policy
/// says so.
class WholeAnswer {
public:
    /// `guard` and `meter` outlive this.
    WholeAnswer(prevention::CallGuard& guard,
                UsageMeter& meter,
                const Surface& surface = chatSurface());

    /// `body` without content codings; it must outlive this. What is no JSON is reported to the
    /// guard: policies that must see the answer decide. Durations are measured to `now`.
    void judge(BytesView body, UtcTime now = utcNow());
    /// The same in steps, so that a long answer does not keep others waiting: begin(), readSome()
    /// while it is true, then conclude().
    void begin(BytesView body);
    /// Reads about limits::kScanSliceBytes more of the choices' texts, fewer when they make much
    /// work; true while there are more.
    [[nodiscard]] bool readSome();
    /// Judges what stands beside the texts, in one go.
    void conclude(UtcTime now = utcNow());
    /// The codings of the body cannot be undone, so that nothing was seen.
    void unreadable(std::string_view why);

    /// The body as it may go out; nullopt when the provider's bytes may go as they are.
    [[nodiscard]] std::optional<Bytes> rewritten() const;
    /// False: a stopped answer cannot be shown in part, only refused.
    [[nodiscard]] bool canBeCut() const;
    void noteReleased();

    [[nodiscard]] const AnswerChannels& channels() const { return m_channels; }
    [[nodiscard]] std::vector<std::string> finishReasons() const;
    [[nodiscard]] std::string model() const;

private:
    /// Goes on to the next text that is not read; false when there is none.
    [[nodiscard]] bool nextText();

    prevention::CallGuard& m_guard;
    UsageMeter& m_meter;
    const Surface& m_surface;
    AnswerChannels m_channels;
    std::optional<JsonWalk> m_walk;
    AnswerParts m_answer;
    std::vector<AnswerPiece> m_pieces;
    std::size_t m_choice = 0; ///< The one that is being read,
    std::size_t m_text = 0; ///< in this text.
    TextReading m_reading;
    bool m_readable = false;
};

/// True when a provider's error may go out byte for byte: it carries no answer, and output
/// policies find nothing in any of its texts. `body` without content codings.
[[nodiscard]] bool isMereError(prevention::CallGuard& guard,
                               BytesView body,
                               const Surface& surface = chatSurface());

} // namespace exhibit::gateway
