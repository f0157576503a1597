// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/bytes.h"
#include "models/base/enum_names.h"
#include "models/report/document.h"
#include "models/report/log_proofs.h"
#include "models/report/pdf_finish.h"

#include <map>

namespace exhibit::report {

/// Names of the attachments: verifiers look for them.
inline constexpr std::string_view kAttachedPack = "evidence.exhibit";

inline constexpr std::string_view kAttachedSoc2 = "soc2.json";
inline constexpr std::string_view kAttachedLegal = "legal_discovery.json";
inline constexpr std::string_view kAttachedArt73 = "ai-act-art73.json";
inline constexpr std::string_view kAttachedDeclaration = "fre902.json";

/// The first two are made from a pack, the others from a bundle.
enum class ReportKind : std::uint8_t {
    Incident,
    ExecutiveDebrief,
    Soc2,
    LegalDiscovery,
    AiActArt73,
    Fre902
};

/// A draft that people sign, if anybody does: its file is not signed. That it is the one that was
/// made shows in every byte of it.
[[nodiscard]] bool isSignedByNobody(ReportKind kind);

/// What a report of that kind is made from, and carries.
[[nodiscard]] std::string_view attachmentOf(ReportKind kind);

/// The pages of a pack's report. Errors as of readPackFacts().
[[nodiscard]] Result<Document> documentOf(BytesView pack, ReportKind kind);

/// The report with the pack attached to it, signed when there is a signer.
[[nodiscard]] Result<Bytes> makeReport(BytesView pack, ReportKind kind, const PdfSigner& sign);

/// The report of a bundle's JSON with it and the files that belong to it attached, by name.
/// InvalidInput when it is no bundle of that kind, or a pack is what the report is made from.
[[nodiscard]] Result<Bytes> makeBundleReport(BytesView bundle,
                                             ReportKind kind,
                                             const std::map<std::string, Bytes>& beside,
                                             const PdfSigner& sign);
/// What is wrong with the files beside a bundle; nullopt: each is what the bundle says.
[[nodiscard]] std::optional<std::string> faultOfAttachments(
    BytesView bundle, ReportKind kind, const std::map<std::string, Bytes>& attachments);
/// What a bundle that this release made says otherwise than the pack beside it; nullopt: nothing,
/// or there is no pack.
[[nodiscard]] std::optional<std::string> faultAgainstPack(
    BytesView bundle, ReportKind kind, const std::map<std::string, Bytes>& attachments);
/// Heads and entries of the log that a bundle names; a pack proves its own.
[[nodiscard]] LogClaims logClaimsOf(BytesView bundle, ReportKind kind);

} // namespace exhibit::report

template <>
struct exhibit::EnumNames<exhibit::report::ReportKind> {
    using E = exhibit::report::ReportKind;
    static constexpr std::string_view kType = "kind of report";
    static constexpr std::pair<E, std::string_view> kNames[]
        = {{E::Incident, "incident"},
           {E::ExecutiveDebrief, "executive_debrief"},
           {E::Soc2, "soc2"},
           {E::LegalDiscovery, "legal_discovery"},
           {E::AiActArt73, "ai_act_art73"},
           {E::Fre902, "fre_902"}};
};
