// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/json.h"
#include "models/report/passage_finder.h"
#include "models/report/production.h"
#include "models/report/redaction.h"

#include <map>
#include <set>

namespace exhibit::report {

/// Passages that people redact in a production, each on a ground: wherever one stands, a mark with
/// its number and ground stands in its place.
class Passages {
public:
    /// `redaction` comes after them: what it would replace at the edge of one goes with it.
    Passages(const std::vector<RedactedPassage>& passages, ExportRedaction redaction);
    /// What was redacted in the texts before they were recorded.
    void addLiveRedaction(const scan::RedactionPack& pack);

    [[nodiscard]] bool none() const { return m_passages.empty(); }
    [[nodiscard]] std::size_t size() const { return m_passages.size(); }
    /// Where several overlap, all their marks stand for what they cover together.
    [[nodiscard]] std::string text(std::string_view text) const;
    /// Every string in it, and names of members within what was recorded.
    [[nodiscard]] Json json(const Json& value) const;
    /// How many marks of each passage stand in it, by index.
    [[nodiscard]] std::map<std::size_t, std::int64_t> marksIn(const Json& value) const;
    /// Those that stand in it as they are written.
    [[nodiscard]] std::set<std::size_t> standingIn(const Json& value) const;
    /// The first of which a part may stand beside what a policy replaced: its text is found in what
    /// the provider sent, and not as often in what went out.
    [[nodiscard]] std::optional<std::size_t> untold(const Json& marked) const;
    [[nodiscard]] const RedactedPassage& at(std::size_t index) const { return m_passages[index]; }
    /// "[REDACTED 1: attorney-client privilege]"
    [[nodiscard]] std::string mark(std::size_t index) const;

private:
    [[nodiscard]] std::vector<PassageRange> rangesIn(std::string_view text) const;
    [[nodiscard]] std::string marked(std::string_view text, std::vector<PassageRange> ranges) const;
    [[nodiscard]] Json replaced(const Json& value, bool recorded) const;
    void markSeam(const JsonObject& before, JsonObject& shown) const;

    std::vector<RedactedPassage> m_passages;
    ExportRedaction m_redaction;
    PassageFinder m_finder;
    std::vector<scan::RedactionPack> m_live;
};

} // namespace exhibit::report
