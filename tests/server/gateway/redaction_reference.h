// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/scan/scanner.h"

#include <algorithm>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace exhibit::gateway {

/// What a client may have of one text under redact policies, worked out from the whole text.
class RedactionReference {
public:
    /// `text` and `placeholders` (by pattern) outlive this.
    RedactionReference(std::shared_ptr<const scan::PatternSet> patterns,
                       const std::vector<std::string>& placeholders,
                       std::string_view text)
        : m_placeholders(placeholders)
        , m_text(text)
        , m_runs(coveredRuns(scanWhole(patterns, text)))
        , m_live(std::move(patterns))
    {
    }

    /// The next `bytes` of the text are one event's.
    void takeEvent(std::size_t bytes)
    {
        m_live.feed(m_text.substr(m_live.position(), bytes), m_scratch);
        m_events.push_back(m_live.position());
    }
    void finish()
    {
        m_live.finish(m_scratch);
        m_released = m_text.size();
    }
    /// The text of all events whose last byte is final, redacted.
    [[nodiscard]] std::string released()
    {
        for (const auto end : m_events) {
            m_released = end <= m_live.settled() ? std::max(m_released, end) : m_released;
        }
        return prefix(m_released);
    }
    [[nodiscard]] std::string whole() const { return prefix(m_text.size()); }
    [[nodiscard]] bool touched() const { return !m_runs.empty(); }
    [[nodiscard]] const std::vector<scan::Redaction>& runs() const { return m_runs; }

private:
    [[nodiscard]] std::string prefix(std::size_t end) const
    {
        std::string out;
        std::size_t at = 0;
        for (const auto& run : m_runs) {
            if (run.begin >= end) {
                break;
            }
            out += m_text.substr(at, run.begin - at);
            out += m_placeholders[run.pattern];
            at = std::min(run.end, end);
        }
        return out + std::string(m_text.substr(at, end - at));
    }

    const std::vector<std::string>& m_placeholders;
    std::string_view m_text;
    std::vector<scan::Redaction> m_runs;
    scan::Scanner m_live;
    std::vector<std::size_t> m_events;
    std::size_t m_released = 0;
    std::vector<scan::Match> m_scratch;
};

/// True when `out` has a match with bytes in [from, to) that no placeholder touches: bytes that
/// were there before, and should have gone. Where one touches, what it stands for was the match's
/// neighbour, and is no more.
inline bool keepsMatch(const std::shared_ptr<const scan::PatternSet>& patterns,
                       const std::vector<std::string>& placeholders,
                       std::string_view out,
                       std::size_t from = 0,
                       std::size_t to = std::string_view::npos)
{
    std::vector<std::pair<std::size_t, std::size_t>> stands;
    for (const auto& placeholder : placeholders) {
        for (auto at = out.find(placeholder); at != std::string_view::npos;
             at = out.find(placeholder, at + 1)) {
            stands.emplace_back(at, at + placeholder.size());
        }
    }
    const auto runs = coveredRuns(scanWhole(patterns, out));
    return std::any_of(runs.begin(), runs.end(), [&](const auto& run) {
        return run.begin < to && run.end > from
            && std::none_of(stands.begin(), stands.end(), [&run](const auto& stand) {
                   return stand.first <= run.end && stand.second >= run.begin;
               });
    });
}

/// The byte behind `bytes` more of valid UTF-8, at the end of a character.
inline std::size_t characterEnd(std::string_view text, std::size_t at, std::size_t bytes)
{
    auto end = std::min(text.size(), at + bytes);
    while (end < text.size() && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) {
        ++end;
    }
    return end;
}

/// A JSON string with every `period`-th ASCII letter as an escape.
inline std::string quoteWithEscapes(std::string_view text, std::size_t period)
{
    static constexpr char kHex[] = "0123456789abcdef";
    std::string out = "\"";
    std::size_t letters = 0;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        const bool letter = byte > 0x20 && byte < 0x7F;
        if (byte < 0x20 || c == '"' || c == '\\'
            || (letter && period > 0 && ++letters % period == 0)) {
            out += "\\u00";
            out += kHex[byte >> 4U];
            out += kHex[byte & 0xFU];
        } else {
            out += c;
        }
    }
    return out + "\"";
}

} // namespace exhibit::gateway
