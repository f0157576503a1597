// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/evidence/certificate_document.h"
#include "models/evidence/report.h"
#include "models/evidence/trust.h"

#include <optional>
#include <set>
#include <string>
#include <vector>

/// What the log itself shows of the entries and heads that a report names, attached to the report:
///
///   file := line*       line := {"checkpoint":note} LF | {"entry":bytes,"proof":tlog-proof} LF
///
/// Entries and notes stand as text, so that their bytes survive. The keys that signed the heads are
/// not in it: they come from elsewhere.
namespace exhibit::report {

inline constexpr std::string_view kAttachedProofs = "log_proofs.ndjson";

struct LogProofs {
    std::vector<std::string> heads; ///< Signed notes.
    std::vector<evidence::LoggedEntry> entries;
};
[[nodiscard]] Bytes writeLogProofs(const LogProofs& proofs);
/// Of one line: the largest entry with each of its bytes escaped, and its proof.
inline constexpr std::size_t kProofLineBytesMax = std::size_t{8} * 1024 * 1024;
/// InvalidInput for a line that is none, TooLarge beyond limits::kPackRangeMax entries and for a
/// longer line.
[[nodiscard]] Result<LogProofs> parseLogProofs(BytesView lines);

/// A signed head that a report says it was made under.
struct HeadClaim {
    std::string origin;
    std::int64_t size = 0; ///< 0: it names none.
    std::string root; ///< Base64.
};
struct EntryClaim {
    std::string origin;
    std::int64_t sequence = 0;
    std::optional<Digest> hash; ///< Absent: the report names the number alone.
    friend auto operator<=>(const EntryClaim&, const EntryClaim&) = default;
};
struct LogClaims {
    std::vector<HeadClaim> heads;
    std::set<EntryClaim> entries;
};

/// Adds the checks `checkpoint`, `inclusion` and `trust`: each head that is named is signed, each
/// entry that is named is in the tree below one.
void checkLogClaims(const LogClaims& claims,
                    const LogProofs& proofs,
                    const evidence::TrustAnchors& anchors,
                    evidence::VerificationReport& report);

} // namespace exhibit::report
