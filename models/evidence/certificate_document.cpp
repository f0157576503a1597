// SPDX-License-Identifier: Apache-2.0
#include "models/evidence/certificate_document.h"

#include "models/base/base64.h"

#include <fmt/format.h>

#include <algorithm>

namespace exhibit::evidence {
namespace {

constexpr std::size_t kEntriesMax = 16;
constexpr std::size_t kKeysMax = 16;
constexpr std::size_t kLaterLogsMax = 16;
constexpr std::size_t kOpeningFieldsMax = 32;

tl::unexpected<Error> malformed(std::string why)
{
    return fail(ErrorCode::InvalidInput, "the certificate is malformed: " + std::move(why));
}

Result<std::string> textOf(const Json& json, std::string_view name)
{
    const Json* member = findMember(json, name);
    if (member == nullptr || !member->is_string()) {
        return malformed(std::string(name) + " is missing");
    }
    return std::string(member->get_string());
}

/// The elements of an array; absent counts as empty.
Result<JsonArray> listOf(const Json& json, std::string_view name, std::size_t max)
{
    const Json* member = findMember(json, name);
    if (member == nullptr) {
        return JsonArray{};
    }
    if (!member->is_array() || member->get_array().size() > max) {
        return malformed(fmt::format("expected at most {} {}", max, name));
    }
    return member->get_array();
}

Result<std::vector<std::string>> textsOf(const Json& json,
                                         std::string_view name,
                                         std::size_t max = kKeysMax)
{
    EXHIBIT_TRY(const JsonArray list, listOf(json, name, max));
    std::vector<std::string> texts;
    for (const auto& element : list) {
        if (!element.is_string()) {
            return malformed(std::string(name) + " are no texts");
        }
        texts.emplace_back(element.get_string());
    }
    return texts;
}

Result<std::vector<LogOpening>> parseLaterLogs(const Json& json)
{
    EXHIBIT_TRY(const JsonArray list, listOf(json, "later_logs", kLaterLogsMax));
    std::vector<LogOpening> logs;
    for (const auto& element : list) {
        LogOpening opening;
        EXHIBIT_TRY(opening.entry, textOf(element, "entry"));
        EXHIBIT_TRY(opening.fields, textsOf(element, "fields", kOpeningFieldsMax));
        EXHIBIT_TRY(opening.proof, textOf(element, "proof"));
        logs.push_back(std::move(opening));
    }
    return logs;
}

JsonArray laterLogsJson(const std::vector<LogOpening>& logs)
{
    JsonArray list;
    for (const auto& opening : logs) {
        list.push_back(
            JsonObject{{"entry", opening.entry},
                       {"fields", JsonArray(opening.fields.begin(), opening.fields.end())},
                       {"proof", opening.proof}});
    }
    return list;
}

Result<Json> envelopeJson(const Envelope& envelope)
{
    return parseJson(writeEnvelope(envelope));
}

} // namespace

std::string writeCertificateDocument(const CertificateDocument& document)
{
    JsonArray entries;
    for (const auto& logged : document.entries) {
        entries.push_back(JsonObject{{"entry", logged.entry}, {"proof", logged.proof}});
    }
    const auto envelope = envelopeJson(document.envelope);
    JsonObject json{
        {"v", kCertificateDocument},
        {"envelope", envelope ? *envelope : Json()},
        {"issued_field", document.issuedField},
        {"entries", std::move(entries)},
        {"keys",
         JsonObject{
             {"log", JsonArray(document.logKeys.begin(), document.logKeys.end())},
             {"certificate",
              JsonArray(document.certificateKeys.begin(), document.certificateKeys.end())}}}};
    if (!document.timeStamp.empty()) {
        json["time_stamp"] = toBase64(document.timeStamp);
    }
    if (!document.laterLogs.empty()) {
        json["later_logs"] = laterLogsJson(document.laterLogs);
    }
    return printJson(Json(std::move(json)));
}

Result<CertificateDocument> parseCertificateDocument(BytesView text)
{
    if (text.size() > limits::kDsseBytesMax) {
        return fail(ErrorCode::TooLarge, "the certificate is larger than certificates may be");
    }
    EXHIBIT_TRY(const Json json, parseJson(text));
    if (stringMember(json, "v") != kCertificateDocument) {
        return malformed("expected " + std::string(kCertificateDocument));
    }
    const Json* envelope = findMember(json, "envelope");
    if (envelope == nullptr) {
        return malformed("envelope is missing");
    }
    CertificateDocument document;
    EXHIBIT_TRY(document.envelope, parseEnvelope(printJson(*envelope)));
    EXHIBIT_TRY(document.issuedField, textOf(json, "issued_field"));
    EXHIBIT_TRY(const JsonArray entries, listOf(json, "entries", kEntriesMax));
    for (const auto& element : entries) {
        LoggedEntry logged;
        EXHIBIT_TRY(logged.entry, textOf(element, "entry"));
        EXHIBIT_TRY(logged.proof, textOf(element, "proof"));
        document.entries.push_back(std::move(logged));
    }
    EXHIBIT_TRY(document.timeStamp, fromBase64(stringMember(json, "time_stamp")));
    EXHIBIT_TRY(document.laterLogs, parseLaterLogs(json));
    if (const Json* keys = findMember(json, "keys")) {
        EXHIBIT_TRY(document.logKeys, textsOf(*keys, "log"));
        EXHIBIT_TRY(document.certificateKeys, textsOf(*keys, "certificate"));
    }
    return document;
}

bool bindsContent(const Statement& statement,
                  const ContentClaim& claim,
                  std::span<const Entry* const> entries)
{
    const auto* subject = findSubject(statement, claim.subject);
    const Json* claimed = findMember(statement.predicate, claim.member);
    if (subject == nullptr || claimed == nullptr || claimed->is_null()) {
        return subject == nullptr && (claimed == nullptr || claimed->is_null());
    }
    const bool committed = std::any_of(entries.begin(), entries.end(), [&](const Entry* entry) {
        return entry->type == kReplayEntry
            && findSubject(statement, entryName(entry->log, entry->sequence)) != nullptr
            && std::any_of(entry->fields.begin(), entry->fields.end(), [&](const auto& field) {
                   return field.path == claim.path && field.digest == subject->sha256;
               });
    });
    return committed && *claimed == Json(toHex(asView(subject->sha256)));
}

std::string entryName(std::string_view origin, std::uint64_t sequence)
{
    return fmt::format("{}#{}", origin, sequence);
}

std::string qrText(const QrClaim& claim, std::string_view url)
{
    const std::string text = fmt::format("EXH1*{}*{}*{}*{}*{}",
                                         claim.origin,
                                         claim.treeSize,
                                         toBase64Url(asView(claim.root)),
                                         toBase64Url(asView(claim.payload)),
                                         claim.keyId);
    return url.empty() ? text : fmt::format("{}#{}", url, text);
}

} // namespace exhibit::evidence
