// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/evidence/inclusion_path.h"
#include "models/evidence/pack.h"
#include "models/evidence/report.h"
#include "models/evidence/trust.h"

#include <array>

/// What a person looks at beside a verdict: the five answers in words, and what lies in the file.
namespace exhibit::evidence {

struct AnswerSummary {
    Answer answer = Answer::Integrity;
    CheckResult result = CheckResult::NotChecked;
    std::string reason; ///< One sentence or two; for NotChecked: why not.
};
/// In the order integrity, coverage, signer, trust, time. One failed check fails its answer; an
/// answer of which a part was left open is not checked, for "not checked" is never called good.
[[nodiscard]] std::array<AnswerSummary, 5> answersOf(const VerificationReport& report);

struct InspectedFile {
    std::string path; ///< Inside the bag.
    std::uint64_t size = 0; ///< Bytes, uncompressed.
    CheckResult result = CheckResult::NotChecked;
};

struct InspectedEntry {
    std::uint64_t sequence = 0;
    std::string type;
    std::string time; ///< What the entry claims; empty where the entry failed.
    CheckResult result = CheckResult::NotChecked;
    Bytes bytes; ///< As they lie in the file, for people to look at; empty in a very large file.
    std::optional<InclusionPath> path; ///< Of its own proof; nullopt where it has none.
};

/// A hash that names something, as it is written.
struct NamedDigest {
    std::string name;
    std::string value;
};

enum class FileKind : std::uint8_t {
    Evidence, ///< A pack, a certificate, or nothing that is known.
    Report, ///< A PDF.
    Archive, ///< Several files of an export.
    Bundle, ///< Facts as JSON.
};

struct Inspection {
    VerificationReport report;
    FileKind kind = FileKind::Evidence;
    std::uint64_t size = 0; ///< Bytes of the file.
    std::string folder; ///< The top directory of a pack or an archive; empty where there is none.
    std::vector<InspectedFile> files; ///< In it, sorted by path.
    std::vector<InspectedEntry> entries;
    std::vector<Redaction> withheld;
    std::vector<NamedDigest> digests;
};

/// What is not the recorded one, first of all: "entry seq 2", a file, a field; empty when nothing
/// failed or no part can be named.
[[nodiscard]] std::string firstBlamed(const Inspection& inspection);

/// Verifies the file and lists what is in it. Any thread; reads nothing but the bytes.
[[nodiscard]] Inspection inspectFile(BytesView bytes, const TrustAnchors& anchors);

} // namespace exhibit::evidence
