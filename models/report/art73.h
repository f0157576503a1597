// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/enum_names.h"
#include "models/base/json_fields.h"
#include "models/report/document.h"
#include "models/report/pack_facts.h"

/// A draft of the report of a serious incident under Article 73 of the EU AI Act
/// (resources/schemas/ai_act_art73.v1.json). Which fields and deadlines there are is data
/// (resources/mappings/ai_act_art73.json); what nobody entered and nothing recorded stays open.
namespace exhibit::report {

inline constexpr std::string_view kArt73Schema = "exhibit/ai-act-art73/v1";

enum class ReportStage : std::uint8_t { Initial, FollowUp, Final };

/// What people say when they ask for the draft.
struct Art73Entered {
    ReportStage stage = ReportStage::Initial;
    std::optional<UtcTime> awarenessAt;
    std::optional<std::string> circumstance; ///< Id of a deadline.
    Json fields = JsonObject{}; ///< Texts by id of the field.
};

struct Art73Deadline {
    std::string id;
    std::int64_t days = 0;
    std::string article;
    std::string words;
    std::optional<std::string> due; ///< YYYY-MM-DD, its last day; absent: awareness is not stated.
    bool applies = false; ///< The circumstance that was entered.
};
struct Art73Field {
    std::string id;
    std::string label;
    std::string article;
    std::optional<std::string> value; ///< Absent: open.
    std::string origin; ///< "entered", "recorded", "open".
    std::string record; ///< What of the pack it is taken from; empty: people alone know it.
};
struct Art73Bundle {
    std::string schema = std::string(kArt73Schema);
    std::string bundleId;
    std::string type = "ai_act_art73";
    UtcTime createdAt{};
    std::string exportedBy;
    std::string exportReason;
    std::vector<std::string> leftOut; ///< Of the pack: includes that were not asked for.
    TenantId tenantId;
    std::string tenantName;
    std::string incidentId;
    std::string mappingSource;
    std::string mappingRead;
    std::string dayCount; ///< How days are counted.
    ReportStage stage = ReportStage::Initial;
    std::optional<UtcTime> awarenessAt;
    std::optional<std::string> circumstance;
    /// The last day of the deadline that applies; of the shortest one while that is not entered.
    std::optional<std::string> due;
    std::vector<Art73Deadline> deadlines; ///< Shortest first.
    std::vector<Art73Field> fields;
    std::string logOrigin;
    std::int64_t firstEntry = 0;
    std::int64_t lastEntry = 0;
    std::int64_t treeSize = 0;
    std::string root; ///< Base64.
    Digest packSha256{}; ///< Of the pack that is attached.
};

/// InvalidInput, with the JSON pointer below `pointer`, for a field or circumstance that the
/// mapping does not have, a text beyond 4,000 bytes, or one that is none of the mapping's choices.
[[nodiscard]] Result<Art73Bundle> makeArt73(const PackFacts& facts,
                                            const Json& mapping,
                                            const Art73Entered& entered,
                                            const std::string& pointer);
inline constexpr std::int64_t kDeadlineDaysMax = 3650; ///< No law gives longer.
/// "2026-12-06" for 15 days from any time of 2026-11-21; nullopt for days that no deadline has.
[[nodiscard]] std::optional<std::string> dueDay(UtcTime awareness, std::int64_t days);

[[nodiscard]] Document art73Report(const Art73Bundle& bundle);
/// What the draft says otherwise than the pack it names; nullopt: nothing.
[[nodiscard]] std::optional<std::string> faultOfArt73(const Art73Bundle& bundle,
                                                      const PackFacts& facts);

template <class V>
void visitFields(V& visit, Of<V, Art73Deadline>& deadline)
{
    visit("id", deadline.id);
    visit("days", deadline.days);
    visit("article", deadline.article);
    visit("words", deadline.words);
    visit("due", deadline.due);
    visit("applies", deadline.applies);
}
template <class V>
void visitFields(V& visit, Of<V, Art73Field>& field)
{
    visit("id", field.id);
    visit("label", field.label);
    visit("article", field.article);
    visit("value", field.value);
    visit("origin", field.origin);
    visit.defaulted("record", field.record);
}
template <class V>
void visitFields(V& visit, Of<V, Art73Bundle>& bundle)
{
    visit("schema", bundle.schema);
    visit("bundle_id", bundle.bundleId);
    visit("type", bundle.type);
    visit("created_at", bundle.createdAt);
    visit("exported_by", bundle.exportedBy);
    visit("export_reason", bundle.exportReason);
    visit.defaulted("left_out", bundle.leftOut);
    visit("tenant_id", bundle.tenantId);
    visit("tenant_name", bundle.tenantName);
    visit("incident_id", bundle.incidentId);
    visit("mapping_source", bundle.mappingSource);
    visit("mapping_read", bundle.mappingRead);
    visit("day_count", bundle.dayCount);
    visit("report_type", bundle.stage);
    visit("awareness_at", bundle.awarenessAt);
    visit("circumstance", bundle.circumstance);
    visit("due", bundle.due);
    visit("deadlines", bundle.deadlines);
    visit("fields", bundle.fields);
    visit("log_origin", bundle.logOrigin);
    visit("first_entry", bundle.firstEntry);
    visit("last_entry", bundle.lastEntry);
    visit("tree_size", bundle.treeSize);
    visit("root", bundle.root);
    visit("pack_sha256", bundle.packSha256);
}

} // namespace exhibit::report

template <>
struct exhibit::EnumNames<exhibit::report::ReportStage> {
    using E = exhibit::report::ReportStage;
    static constexpr std::string_view kType = "type of report";
    static constexpr std::pair<E, std::string_view> kNames[]
        = {{E::Initial, "initial"}, {E::FollowUp, "follow-up"}, {E::Final, "final"}};
};
