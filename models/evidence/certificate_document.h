// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/evidence/dsse.h"
#include "models/evidence/entry.h"
#include "models/evidence/log_opening.h"

#include <string>
#include <vector>

/// A replay certificate as it is handed out: the signed statement, and beside it what shows that
/// the log holds it and what it is about.
///
///   {"v":"exhibit/certificate/v1","envelope":{DSSE},"issued_field":file,
///    "entries":[{"entry":bytes,"proof":tlog-proof}*],("time_stamp":base64,)
///    ("later_logs":[{"entry":bytes,"fields":[file*],"proof":tlog-proof}*],)
///    "keys":{"log":[vkey*],"certificate":[hex*]}}
///
/// Entries and files stand as text, so that their bytes survive. The keys are for convenience:
/// alone they prove nothing.
namespace exhibit::evidence {

inline constexpr std::string_view kCertificatePredicate
    = "https://exhibit.example/replay-certificate/v1";
inline constexpr std::string_view kCertificateDocument = "exhibit/certificate/v1";
/// The field of a certificate.issued entry that holds the hash of the certificate's payload.
inline constexpr std::string_view kCertificateClaim = "/certificate/payloadSha256";
inline constexpr std::string_view kCertificateEntry = "certificate.issued";
inline constexpr std::string_view kReplayEntry = "replay.result";

struct LoggedEntry {
    Bytes entry;
    std::string proof;
};

struct CertificateDocument {
    Envelope envelope;
    Bytes issuedField; ///< The file of kCertificateClaim.
    std::vector<LoggedEntry> entries; ///< certificate.issued and those that the statement names.
    Bytes
        timeStamp; ///< RFC 3161 over the note that certificate.issued is proven with; may be empty.
    std::vector<LogOpening> laterLogs; ///< Of logs that took over from those of the entries.
    std::vector<std::string> logKeys; ///< As vkeys.
    std::vector<std::string> certificateKeys; ///< In hexadecimal.
};

[[nodiscard]] std::string writeCertificateDocument(const CertificateDocument& document);
/// InvalidInput, or TooLarge over limits::kDsseBytesMax; a DSSE envelope alone is none.
[[nodiscard]] Result<CertificateDocument> parseCertificateDocument(BytesView text);

/// One of the two answers that a certificate compares.
struct ContentClaim {
    std::string_view subject; ///< "original", "replay"
    std::string_view path; ///< Of the field of replay.result that holds it.
    std::string_view member; ///< Of the predicate.
};
inline constexpr ContentClaim kContentClaims[]
    = {{"original", "/original", "original_hash"}, {"replay", "/replay", "replay_hash"}};
/// Whether the claimed content is what one of these entries, a replay.result that the statement
/// names, committed to. True when the statement claims no such content at all.
[[nodiscard]] bool bindsContent(const Statement& statement,
                                const ContentClaim& claim,
                                std::span<const Entry* const> entries);

/// "ORIGIN#SEQ", as a statement's subjects name entries.
[[nodiscard]] std::string entryName(std::string_view origin, std::uint64_t sequence);

/// What stands in a certificate's QR code: enough to check it offline against a checkpoint.
///   EXH1*origin*size*root*SHA-256 of the payload*key id, hashes in base64url without padding
struct QrClaim {
    std::string origin;
    std::uint64_t treeSize = 0;
    Digest root{};
    Digest payload{};
    std::string keyId;
};
/// `url` may be empty; otherwise the text is its fragment.
[[nodiscard]] std::string qrText(const QrClaim& claim, std::string_view url);

} // namespace exhibit::evidence
