// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/report/bundle.h"
#include "models/report/production.h"
#include "models/report/redaction.h"

#include <bitset>

namespace exhibit::report {

/// Passages that people redact in a production, each on a ground: wherever one stands, a mark with
/// its number and ground stands in its place.
class Passages {
public:
    /// As people wrote them, and as they stand where personal data in them was replaced.
    Passages(const std::vector<RedactedPassage>& passages, const ExportRedaction& redaction);

    [[nodiscard]] bool none() const { return m_passages.empty(); }
    [[nodiscard]] std::string text(std::string_view text) const;
    /// Every string in it, and names of members within what was recorded.
    [[nodiscard]] Json json(const Json& value) const;
    /// How many marks of each passage stand in it, by index.
    [[nodiscard]] std::map<std::size_t, std::int64_t> marksIn(const Json& value) const;
    [[nodiscard]] const RedactedPassage& at(std::size_t index) const { return m_passages[index]; }
    /// "[REDACTED 1: attorney-client privilege]"
    [[nodiscard]] std::string mark(std::size_t index) const;

private:
    struct Form {
        std::string text;
        std::size_t passage = 0;
    };
    void addForm(std::string text, std::size_t passage);
    [[nodiscard]] const Form* formAt(std::string_view rest) const;
    [[nodiscard]] Json replaced(const Json& value, bool recorded) const;
    void count(const Json& value, std::map<std::size_t, std::int64_t>& marks) const;

    std::vector<RedactedPassage> m_passages;
    std::vector<Form> m_forms; ///< Longest first.
    std::bitset<256> m_first; ///< What a form begins with.
};

/// Takes them out of a bundle, and hashes that a short text is found by. NotFound for a passage
/// that stands nowhere in `original`; InvalidInput for one that is part of a name or a number that
/// the record is kept by.
[[nodiscard]] Result<void> redactPassages(EvidenceBundle& bundle,
                                          const EvidenceBundle& original,
                                          const std::vector<RedactedPassage>& passages);

} // namespace exhibit::report
