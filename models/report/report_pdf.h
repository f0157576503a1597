// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/bytes.h"
#include "models/base/enum_names.h"
#include "models/report/document.h"
#include "models/report/pdf_finish.h"

namespace exhibit::report {

/// Names of the attachments: verifiers look for them.
inline constexpr std::string_view kAttachedPack = "evidence.exhibit";

/// The kinds of report that are made from a pack.
enum class ReportKind : std::uint8_t { Incident, ExecutiveDebrief };

/// The pages of a pack's report. Errors as of readPackFacts().
[[nodiscard]] Result<Document> documentOf(BytesView pack, ReportKind kind);

/// The report with the pack attached to it, signed when there is a signer.
[[nodiscard]] Result<Bytes> makeReport(BytesView pack, ReportKind kind, const PdfSigner& sign);

} // namespace exhibit::report

template <>
struct exhibit::EnumNames<exhibit::report::ReportKind> {
    using E = exhibit::report::ReportKind;
    static constexpr std::string_view kType = "kind of report";
    static constexpr std::pair<E, std::string_view> kNames[]
        = {{E::Incident, "incident"}, {E::ExecutiveDebrief, "executive_debrief"}};
};
