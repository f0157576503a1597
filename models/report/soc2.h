// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/strong_id.h"
#include "models/report/document.h"
#include "models/report/entered_facts.h"

/// Evidence for the auditor of a SOC 2 examination (exports.md, 3.1): one row for each criterion,
/// with the population it was drawn from. No opinion: that is the auditor's.
namespace exhibit::report {

inline constexpr std::string_view kSoc2Schema = "exhibit/soc2/v1";

struct Soc2Row {
    std::string criterion;
    std::string shortText; ///< What the criterion asks for, in a few words.
    std::string controlId; ///< Entered; empty: no control is named for it.
    std::string objective; ///< Entered.
    std::string populationQuery; ///< In words: what was counted, of which record.
    std::int64_t populationCount = 0;
    std::vector<std::string> sampleIds; ///< Evenly over the population, by rule.
    std::string evidenceFile; ///< The listing of the population; empty: there is none.
    std::optional<Digest> evidenceSha256;
    std::optional<std::int64_t> entryEpoch; ///< Of the log that entrySeq is of.
    std::optional<std::int64_t> entrySeq; ///< The last entry of the log that belongs to it.
    std::string periodStart;
    std::string periodEnd;
    std::vector<std::string> performers; ///< Ids of keys, "exhibitd" for what the server did.
    std::int64_t morePerformers = 0; ///< Others, who stand in the listing alone.
    std::optional<std::string> reviewer; ///< Entered.
    std::string exception; ///< What the record of this period lacks; empty: nothing.
    std::string limitation; ///< What the criterion asks for and no period's record can show.
};

/// One log of the period; another takes over after a loss, and its numbers begin again at 0.
struct Soc2Epoch {
    std::int64_t epoch = 0;
    std::string origin;
    std::int64_t entries = 0; ///< In the period, from first to last.
    std::int64_t first = 0;
    std::int64_t last = 0;
    bool contiguous = false;
    std::int64_t treeSize = 0; ///< Of its newest signed head; 0: none was signed.
    std::string root; ///< Base64.
};

struct Soc2Log {
    std::string origin; ///< Of the newest log, which grows.
    std::int64_t entries = 0; ///< In the period, of all logs.
    bool contiguous = false; ///< Sequence numbers of the period have no gap, in any log.
    std::int64_t treeSize = 0; ///< Of the newest signed head.
    std::string root; ///< Base64.
    std::vector<Soc2Epoch> epochs; ///< Oldest first.
};

struct Soc2Bundle {
    std::string schema = std::string(kSoc2Schema);
    std::string bundleId;
    std::string type = "soc2";
    UtcTime createdAt{};
    std::string exportedBy;
    std::string exportReason;
    bool redacted = false; ///< Personal data and secrets of what was recorded were replaced.
    std::vector<KeyLabel> keyLabels; ///< Of the keys that it names, where they have one.
    TenantId tenantId;
    std::string tenantName;
    std::string compliancePeriodStart;
    std::string compliancePeriodEnd; ///< Inclusive.
    std::vector<ControlObjective> controlObjectives; ///< Entered.
    std::optional<std::string> attestationStatement; ///< Entered; absent: nobody made one.
    std::string auditorNotes; ///< Entered.
    std::optional<std::int64_t> statementVersion;
    std::optional<std::string> statementBy;
    std::string criteriaSource;
    Soc2Log log;
    std::vector<Soc2Row> rows;
};

/// The report with its attestation page, unsigned by anyone: names and signatures are empty lines.
[[nodiscard]] Document soc2Report(const Soc2Bundle& bundle);
/// The rows as CSV (RFC 4180, UTF-8), guarded against formulas.
[[nodiscard]] std::string soc2Csv(const Soc2Bundle& bundle);
/// What the CSV says of a row, by the name of the column; of any row the same names in the same
/// order.
[[nodiscard]] std::vector<std::pair<std::string_view, std::string>> soc2Columns(const Soc2Row& row);

template <class V>
void visitFields(V& visit, Of<V, Soc2Row>& row)
{
    visit("criterion", row.criterion);
    visit("short", row.shortText);
    visit("control_id", row.controlId);
    visit("objective", row.objective);
    visit("population_query", row.populationQuery);
    visit("population_count", row.populationCount);
    visit("sample_ids", row.sampleIds);
    visit("evidence_file", row.evidenceFile);
    visit("evidence_sha256", row.evidenceSha256);
    visit("entry_epoch", row.entryEpoch);
    visit("entry_seq", row.entrySeq);
    visit("period_start", row.periodStart);
    visit("period_end", row.periodEnd);
    visit("performers", row.performers);
    visit.defaulted("more_performers", row.morePerformers);
    visit("reviewer", row.reviewer);
    visit("exception", row.exception);
    visit.defaulted("limitation", row.limitation);
}
template <class V>
void visitFields(V& visit, Of<V, Soc2Epoch>& epoch)
{
    visit("epoch", epoch.epoch);
    visit("origin", epoch.origin);
    visit("entries", epoch.entries);
    visit("first", epoch.first);
    visit("last", epoch.last);
    visit("contiguous", epoch.contiguous);
    visit("tree_size", epoch.treeSize);
    visit("root", epoch.root);
}
template <class V>
void visitFields(V& visit, Of<V, Soc2Log>& log)
{
    visit("origin", log.origin);
    visit("entries", log.entries);
    visit("contiguous", log.contiguous);
    visit("tree_size", log.treeSize);
    visit("root", log.root);
    visit.defaulted("epochs", log.epochs);
}
template <class V>
void visitFields(V& visit, Of<V, Soc2Bundle>& bundle)
{
    visit("schema", bundle.schema);
    visit("bundle_id", bundle.bundleId);
    visit("type", bundle.type);
    visit("created_at", bundle.createdAt);
    visit("exported_by", bundle.exportedBy);
    visit("export_reason", bundle.exportReason);
    visit.defaulted("redacted", bundle.redacted);
    visit.defaulted("key_labels", bundle.keyLabels);
    visit("tenant_id", bundle.tenantId);
    visit("tenant_name", bundle.tenantName);
    visit("compliance_period_start", bundle.compliancePeriodStart);
    visit("compliance_period_end", bundle.compliancePeriodEnd);
    visit("control_objectives", bundle.controlObjectives);
    visit("attestation_statement", bundle.attestationStatement);
    visit("auditor_notes", bundle.auditorNotes);
    visit("statement_version", bundle.statementVersion);
    visit("statement_by", bundle.statementBy);
    visit("criteria_source", bundle.criteriaSource);
    visit("log", bundle.log);
    visit("rows", bundle.rows);
}

} // namespace exhibit::report
