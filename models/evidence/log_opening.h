// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/evidence/report.h"
#include "models/evidence/trust.h"

#include <map>
#include <vector>

/// A log that ended is followed by another, whose first entry says where, and why: nobody who is
/// shown something of the one should have to ask for the other (evidence-format.md, 2.9).
namespace exhibit::evidence {

inline constexpr std::string_view kOpeningEntry = "epoch.opened";

/// The first entry of a log, with those of its fields that are shown, and its proof.
struct LogOpening {
    Bytes entry;
    std::vector<Bytes> fields; ///< Files, in any order.
    std::string proof;
};

/// Signed heads by log and size.
using HeadsByLog = std::map<std::pair<std::string, std::uint64_t>, Digest>;

/// Holds openings against the heads that are shown of the logs they name, in the report's check
/// "consistency"; fills its laterLogs.
class OpeningChecks {
public:
    /// All outlive the object.
    OpeningChecks(const TrustAnchors& anchors,
                  std::span<const NoteKey> enclosed,
                  const HeadsByLog& heads,
                  VerificationReport& report)
        : m_anchors(anchors)
        , m_enclosed(enclosed)
        , m_heads(heads)
        , m_report(report)
    {
    }
    /// `place` is the file that is to blame; may be empty.
    void check(const LogOpening& opening, const std::string& place);

private:
    using Claims = std::map<std::string, std::string, std::less<>>;
    /// nullopt: it is not proven, and that was said.
    [[nodiscard]] std::optional<SignerKind> signerOfOpening(const LogOpening& opening,
                                                            const std::string& place);
    [[nodiscard]] std::optional<Claims> claimsOf(const LogOpening& opening,
                                                 const std::string& place);
    /// What is wrong with a head of the log before; empty when nothing is.
    [[nodiscard]] std::string contradiction(const LaterLog& log, const Claims& claims) const;
    void blame(const std::string& origin, const std::string& why, const std::string& place);

    const TrustAnchors& m_anchors;
    std::span<const NoteKey> m_enclosed;
    const HeadsByLog& m_heads;
    VerificationReport& m_report;
};

} // namespace exhibit::evidence
