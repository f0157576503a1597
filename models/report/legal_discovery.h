// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/enum_names.h"
#include "models/base/sha256.h"
#include "models/base/strong_id.h"
#include "models/report/document.h"
#include "models/report/load_file.h"

/// A production of documents for legal discovery as a machine reads it
/// (resources/schemas/legal_discovery.v1.json); the load files beside it say the same to review
/// platforms.
namespace exhibit::report {

inline constexpr std::string_view kLegalSchema = "exhibit/legal-discovery/v1";

enum class Treatment : std::uint8_t { Produced, Redacted, Withheld };

/// Why something of a document is not shown, and how often.
struct RedactionReason {
    std::string reason;
    std::int64_t count = 0;
};

struct ProducedDocument {
    std::string begBates;
    std::string endBates;
    std::string custodian;
    std::string docType; ///< "incident", a step's type, "evidence_pack".
    std::optional<std::int64_t> stepIndex;
    std::string fileName;
    std::int64_t fileSize = 0; ///< Of the native, else of the text.
    std::optional<UtcTime> dateCreated;
    std::string from;
    std::string to;
    std::string subject;
    Digest sha256{}; ///< Of the native where one is produced, else of the text.
    std::optional<std::string> nativePath; ///< From the folder of the volume.
    std::string textPath;
    std::int64_t pageCount = 0;
    Treatment treatment = Treatment::Produced;
    std::vector<RedactionReason> redactions;
    std::optional<std::int64_t> entrySeq; ///< Of the log that records it.
    std::optional<Digest> entryHash;
    std::optional<std::string> proofPath; ///< Its proof under the root of the production.
};

/// A line of the privilege log: something that is not shown, and on what ground.
struct PrivilegeEntry {
    std::string begBates;
    std::string endBates;
    std::optional<UtcTime> date;
    std::string docType;
    std::string author;
    std::string recipients;
    Treatment treatment = Treatment::Redacted;
    std::string basis;
    std::string description;
};

/// What a record of custody says of what nobody recorded.
inline constexpr const char* kNotRecorded = "not recorded";

/// One thing that was done to the evidence (exports.md, 3.3). Texts that are not known say so.
struct CustodyRecord {
    std::string evidenceId; ///< An entry of the log, or what was made from it.
    UtcTime at{};
    std::string who;
    std::string role;
    std::string where; ///< The log whose server did it; no place on a map.
    std::string action;
    std::string purpose;
    std::string authority; ///< By what right, as whoever did it stated.
    std::string tool; ///< With its version.
    std::string from; ///< Who or what had it before.
    std::string to; ///< Who or what has it afterwards.
    std::optional<Digest> hashBefore; ///< Of the entry before it; absent: it was made by this.
    std::optional<Digest> hash; ///< Of the evidence, afterwards.
    std::string changes; ///< That could not be avoided, and why.
    std::optional<std::int64_t> entrySeq;
};

/// Numbers that were given out; they are never given out again.
struct BatesAllocation {
    std::int64_t first = 0;
    std::int64_t last = 0;
    std::string productionId;
    UtcTime allocatedAt{};
    std::string allocatedBy;
    bool delivered = false; ///< False: the production was never handed out, its numbers are a gap.
};

struct ProducedFile {
    std::string path;
    std::int64_t bytes = 0;
    Digest sha256{};
};

struct LegalDiscoveryBundle {
    std::string schema = std::string(kLegalSchema);
    std::string bundleId;
    std::string type = "legal_discovery";
    UtcTime createdAt{};
    std::string exportedBy;
    std::string exportedByLabel; ///< What the key is called; empty: it has no label.
    std::string exportReason;
    TenantId tenantId;
    std::string tenantName;
    std::string incidentId;
    std::string caseName;
    std::string volume;
    std::string confidentiality;
    TextEncoding encoding = TextEncoding::Utf8;
    bool redacted = true;
    std::string batesPrefix;
    std::int64_t batesFirst = 0;
    std::int64_t batesLast = 0;
    std::vector<std::string> custodians;
    std::string logOrigin;
    std::int64_t treeSize = 0;
    std::string root; ///< Base64.
    std::vector<ProducedDocument> documents;
    std::vector<PrivilegeEntry> privilegeLog;
    std::vector<CustodyRecord> custody;
    std::vector<BatesAllocation> earlierAllocations; ///< Of the same prefix, newest first.
    std::int64_t earlierLeftOut = 0; ///< Older ones, which the list has no room for.
    std::vector<ProducedFile> files; ///< All but the cover, this bundle and the manifest.
};

/// The cover of a production: what it holds, what it does not, how to read and check it.
[[nodiscard]] Document legalCover(const LegalDiscoveryBundle& bundle);

} // namespace exhibit::report

template <>
struct exhibit::EnumNames<exhibit::report::Treatment> {
    using E = exhibit::report::Treatment;
    static constexpr std::string_view kType = "treatment";
    static constexpr std::pair<E, std::string_view> kNames[]
        = {{E::Produced, "produced"}, {E::Redacted, "redacted"}, {E::Withheld, "withheld"}};
};
