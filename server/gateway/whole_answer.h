// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/gateway/answer_channels.h"
#include "server/gateway/surface.h"
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
    /// guard: policies that must see the answer decide.
    void judge(BytesView body);
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
    void judgeTexts();

    prevention::CallGuard& m_guard;
    UsageMeter& m_meter;
    const Surface& m_surface;
    AnswerChannels m_channels;
    std::optional<JsonWalk> m_walk;
    AnswerParts m_answer;
    std::vector<AnswerPiece> m_pieces;
    bool m_readable = false;
};

/// True when a provider's error may go out byte for byte: it carries no answer, and output
/// policies find nothing in any of its texts. `body` without content codings.
[[nodiscard]] bool isMereError(prevention::CallGuard& guard,
                               BytesView body,
                               const Surface& surface = chatSurface());

} // namespace exhibit::gateway
