// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/domain/certificate.h"
#include "models/evidence/pack.h"
#include "models/evidence/report.h"
#include "models/report/bundle.h"

#include <map>

namespace exhibit::report {

using evidence::kBundlePath;

/// What a report says about the pack it is made from. Read from the pack alone, so that anyone who
/// has the pack makes the same pages again.
struct PackFacts {
    Digest sha256{}; ///< Of the file.
    std::string origin;
    std::uint64_t treeSize = 0;
    std::string root; ///< Base64, of the signed head.
    std::string logKeyId; ///< Hex; as enclosed, for comparison with one from elsewhere.
    std::string certificateKey; ///< Hex, 32 bytes.
    std::uint64_t firstEntry = 0;
    std::uint64_t lastEntry = 0;
    std::uint64_t entries = 0; ///< In the pack: where it skips some, fewer than the range has.
    std::optional<std::uint64_t> incidentEntry;
    std::string incidentLeaf; ///< Hex.
    std::size_t files = 0;
    std::map<std::string, std::uint64_t> entryOfDecision; ///< By decision_id.
    std::map<std::string, std::uint64_t> entryOfCall; ///< By call_id.
    /// The newest replay certificate in the pack; absent: none was issued.
    std::optional<domain::EvidenceCertificate> certificate;
    Digest certificatePayload{}; ///< SHA-256 of the signed statement.
    std::vector<evidence::Redaction> redactions; ///< About the incident; neighbours are counted.
    std::size_t neighboursWithheld = 0;
    std::optional<std::vector<std::string>> holds; ///< In force then; absent: it does not say.
    std::int64_t certificatesLeftOut = 0; ///< They say what stays out of the pack.
    std::string authority; ///< By what right it was handed out, as was stated; empty: it was not.
    std::string recipient; ///< To whom, likewise.
    evidence::VerificationReport checks; ///< With no key pinned: paper cannot vouch for itself.
    EvidenceBundle bundle;
};

/// InvalidInput when it is no pack or holds no bundle.
[[nodiscard]] Result<PackFacts> readPackFacts(BytesView pack);

} // namespace exhibit::report
