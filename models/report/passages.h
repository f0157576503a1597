// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/json.h"
#include "models/report/passage_finder.h"
#include "models/report/passage_places.h"
#include "models/report/production.h"
#include "models/report/redaction.h"

#include <map>
#include <set>

namespace exhibit::report {

/// What stands in place of each: "[REDACTED 1: attorney-client privilege]".
[[nodiscard]] std::vector<std::string> marksOf(const std::vector<RedactedPassage>& passages);

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
    [[nodiscard]] const RedactedPassage& at(std::size_t index) const { return m_passages[index]; }

    /// What somebody wrote, in which a part of one may stand. Where several overlap, all their
    /// marks stand for what they cover together.
    [[nodiscard]] std::string text(std::string_view text) const;
    /// An id, a title or a label of ours: those alone that stand in it as a whole.
    [[nodiscard]] std::string name(std::string_view name) const;
    /// Every string of a record; within what was recorded also names of members, and numbers that
    /// one stands in.
    [[nodiscard]] Json json(const Json& record) const;

    /// How many marks of each passage stand in it, by index.
    [[nodiscard]] std::map<std::size_t, std::int64_t> marksIn(const Json& value) const;
    /// Those that stand in it as a whole.
    [[nodiscard]] std::set<std::size_t> standingIn(const Json& value) const;
    /// The first of which a part may stand beside what a policy replaced: it was found in what the
    /// provider sent, or in what went out of that, and not as often in the other.
    [[nodiscard]] std::optional<std::size_t> untold(const Json& marked) const;

private:
    using Ranges = std::vector<PassageRange>;

    [[nodiscard]] Ranges rangesIn(std::string_view text) const;
    [[nodiscard]] Ranges extended(Ranges ranges, std::string_view text) const;
    [[nodiscard]] std::vector<Ranges> across(const std::vector<std::string_view>& parts) const;
    [[nodiscard]] std::string marked(std::string_view text, Ranges ranges) const;
    [[nodiscard]] Json replaced(const Json& value, Place place, std::string_view name) const;
    [[nodiscard]] Json replacedScalar(const Json& value) const;
    void markAcross(const JsonArray& before, JsonArray& shown) const;
    [[nodiscard]] bool isTold(std::size_t passage, std::int64_t sent, std::int64_t out) const;

    std::vector<RedactedPassage> m_passages;
    std::vector<std::string> m_marks;
    ExportRedaction m_redaction;
    PassageFinder m_finder;
    std::vector<scan::RedactionPack> m_live;
};

} // namespace exhibit::report
