// SPDX-License-Identifier: Apache-2.0
#include "server/storage/entry_builder.h"

#include "models/base/canonical_json.h"
#include "models/base/limits.h"
#include "models/evidence/field.h"
#include "models/evidence/merkle.h"
#include "server/spool/little_endian.h"

#include <algorithm>

namespace exhibit::storage {
namespace {

constexpr std::uint32_t kBlobFlag = 0x80000000U;
constexpr std::size_t kPublicValueBytesMax = 1024;

/// Ids, counts and states: nothing a person wrote or is.
constexpr std::string_view kPublicPaths[] = {"/call_id",         "/certificate/payloadSha256",
                                             "/certificate_id",  "/closed_at",
                                             "/cost_microcents", "/digest",
                                             "/event_data",      "/incident_id",
                                             "/match_level",     "/model",
                                             "/new_vkey",        "/occurred_at",
                                             "/old_vkey",        "/original_entry",
                                             "/outcome",         "/project_id",
                                             "/reason_code",     "/record_no",
                                             "/recovered",       "/remediation",
                                             "/replay_call_id",  "/replica",
                                             "/reporter_id",     "/reporter_type",
                                             "/run_id",          "/snapshot_id",
                                             "/spool",           "/status",
                                             "/unproven_before", "/usage",
                                             "/verdict"};

Json eventData(const EntryDraft& draft)
{
    JsonObject object{{"occurred_at", formatTime(draft.occurredAt)}};
    for (const auto& field : draft.fields) {
        const bool shown = isPublicPath(field.path) && field.value.size() <= kPublicValueBytesMax
            && isValidUtf8(field.value) && field.path.find('/', 1) == std::string::npos;
        if (shown) {
            object.insert_or_assign(field.path.substr(1), field.value);
        }
    }
    return object;
}

Result<void> addField(
    BuiltEntry& built, Bytes salt, const std::string& path, Json value, BytesView blob)
{
    const evidence::Field field{std::move(salt), path, std::move(value), std::nullopt};
    const auto position = static_cast<std::uint32_t>(built.entry.fields.size());
    const bool personal = !isPublicPath(path);
    if (blob.empty()) {
        EXHIBIT_TRY(Bytes file, evidence::writeField(field));
        built.entry.fields.push_back({evidence::entryHash(file), path});
        built.files.push_back({position, false, personal, std::move(file)});
        return {};
    }
    auto reference = field;
    reference.value = evidence::blobValue(blob, field.salt);
    EXHIBIT_TRY(Bytes file, evidence::writeField(reference));
    built.entry.fields.push_back({evidence::entryHash(file), path});
    built.files.push_back({position, false, personal, std::move(file)});
    built.files.push_back({position, true, personal, Bytes(blob)});
    return {};
}

} // namespace

bool isPublicPath(std::string_view path)
{
    return std::binary_search(std::begin(kPublicPaths), std::end(kPublicPaths), path);
}

Result<BuiltEntry> buildEntry(const EntryDraft& draft)
{
    BuiltEntry built;
    built.entry.type = draft.type;
    const Json data = eventData(draft);
    EXHIBIT_TRY(built.eventData, canonicalJson(data));
    std::vector<EntryField> fields = draft.fields;
    std::erase_if(fields, [](const auto& field) { return field.path == "/occurred_at"; });
    fields.push_back({"/occurred_at", formatTime(draft.occurredAt)});
    fields.push_back({"/reporter_type", draft.reporterType});
    fields.push_back({"/reporter_id", draft.reporterId});
    fields.push_back({"/event_data", {}});
    if (draft.incidentId) {
        fields.push_back({"/incident_id", draft.incidentId->text()});
    }
    std::sort(
        fields.begin(), fields.end(), [](const auto& a, const auto& b) { return a.path < b.path; });
    // One call for all: each has a cost of its own.
    const Bytes salts = evidence::randomSalts(fields.size());
    for (const auto& field : fields) {
        const bool large = field.value.size() > limits::kFieldInlineBytesMax;
        Json value = field.path == "/event_data" ? data
            : large                              ? Json()
                                                 : evidence::byteValue(field.value);
        EXHIBIT_CHECK(addField(
            built,
            salts.substr(built.entry.fields.size() * evidence::kSaltBytes, evidence::kSaltBytes),
            field.path,
            std::move(value),
            large ? BytesView(field.value) : BytesView{}));
    }
    return built;
}

Bytes packFieldFiles(const std::vector<const FieldFile*>& files)
{
    Bytes packed;
    for (const auto* file : files) {
        spool::appendLittleEndian(packed, file->position | (file->blob ? kBlobFlag : 0U));
        spool::appendLittleEndian(packed, static_cast<std::uint32_t>(file->bytes.size()));
        packed += file->bytes;
    }
    return packed;
}

Result<std::vector<FieldFile>> unpackFieldFiles(BytesView packed)
{
    std::vector<FieldFile> files;
    while (!packed.empty()) {
        if (packed.size() < 8) {
            return fail(ErrorCode::Corrupt, "stored field files are cut off");
        }
        const auto position = spool::readLittleEndian<std::uint32_t>(packed);
        const auto size = spool::readLittleEndian<std::uint32_t>(packed.substr(4));
        if (packed.size() - 8 < size) {
            return fail(ErrorCode::Corrupt, "stored field files are cut off");
        }
        files.push_back({position & ~kBlobFlag,
                         (position & kBlobFlag) != 0,
                         false,
                         Bytes(packed.substr(8, size))});
        packed.remove_prefix(8 + size);
    }
    return files;
}

} // namespace exhibit::storage
