// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/report/bates.h"
#include "models/report/bundle.h"
#include "models/report/legal_discovery.h"
#include "models/report/pdf_finish.h"

#include <functional>
#include <map>

/// A legal production is made in two steps, because numbers are given out between them: planned,
/// which says how many pages there are, and written, with their numbers.
namespace exhibit::report {

/// A document that stays out as a whole, because somebody with the right to say so did.
struct WithheldDocument {
    std::int64_t stepIndex = 0;
    std::string basis; ///< "attorney-client privilege".
    std::string description; ///< Enough to assess the claim, nothing of the content.
};

/// A passage that is taken out wherever it stands, as written, in whatever is produced.
struct RedactedPassage {
    std::string text;
    std::string basis;
    std::string description; ///< As of a withheld document.
};
inline constexpr std::size_t kPassageBytesMin = 4;
inline constexpr std::size_t kPassageBytesMax = 4000;

struct ProductionRequest {
    std::string prefix = "EXH";
    std::string volume = "VOL001";
    std::string custodian; ///< Empty: the tenant.
    std::string confidentiality = "CONFIDENTIAL";
    TextEncoding encoding = TextEncoding::Utf8;
    std::vector<WithheldDocument> withheld;
    std::vector<RedactedPassage> passages;
};
/// What may be asked for. InvalidInput with the JSON pointer below `pointer`.
[[nodiscard]] Result<void> check(const ProductionRequest& request, const std::string& pointer);

/// What whoever asks for a production enters beside it, and its pointer.
struct EnteredText {
    std::string pointer;
    std::string_view text;
};
/// Nothing that is entered says a passage: it goes on pages, into the privilege log and into the
/// ledger. InvalidInput with the pointer of what does.
[[nodiscard]] Result<void> checkEntered(const ProductionRequest& request,
                                        std::vector<EnteredText> beside,
                                        const std::string& pointer);

/// Takes the content of those steps out of a bundle, and everything that may repeat it.
void withholdSteps(EvidenceBundle& bundle, const std::vector<WithheldDocument>& withheld);

/// Where a production comes from. The pack holds the bundle that is produced.
struct ProductionSource {
    BytesView pack;
    /// The same bundle, without its passages, before redaction: only to say what was redacted.
    const EvidenceBundle& original;
    std::string caseName;
};

/// A document with what its pages say; its numbers come later.
struct PlannedDocument {
    ProducedDocument fields;
    Document pages;
    std::string text;
    std::optional<Bytes> native;
    std::optional<PrivilegeEntry> privilege;
};

struct ProductionPlan {
    LegalDiscoveryBundle bundle; ///< Without documents, numbers and files.
    std::vector<PlannedDocument> documents;
    std::map<std::string, Bytes> proofs; ///< By path: entries and their proofs.
    std::string head; ///< The signed one that they are proven under; empty: none is in the pack.
    std::int64_t pages = 0;
};

/// Errors: those of readPackFacts(), TooLarge beyond kProductionPagesMax, NotFound for a step to
/// withhold that there is not, Unavailable without fonts.
[[nodiscard]] Result<ProductionPlan> planProduction(const ProductionSource& source,
                                                    const ProductionRequest& request);
inline constexpr std::int64_t kProductionPagesMax = 20'000;

/// What was given out for a plan.
struct Numbering {
    std::int64_t first = 0;
    std::vector<BatesAllocation> earlier; ///< Newest first.
    std::int64_t earlierLeftOut = 0; ///< Older ones than these.
};
/// Told how many pages are drawn; an error of it ends the work.
using PagesDrawn = std::function<Result<void>(std::int64_t pages)>;
/// The archive: load files, images, natives, texts, proofs, logs, draft declaration and signed
/// cover, with a manifest.
[[nodiscard]] Result<Bytes> writeProduction(ProductionPlan plan,
                                            const Numbering& numbering,
                                            const PdfSigner& sign,
                                            const PagesDrawn& drawn);

} // namespace exhibit::report
