// SPDX-License-Identifier: Apache-2.0
#include "models/report/bundle_agreement.h"

#include "models/report/published_schemas.h"

namespace exhibit::report {

namespace {

constexpr std::string_view kSchemaFamily = "exhibit/";

/// At least as many as a parser finds before it is through, or stops at what is no JSON.
std::size_t valuesIn(BytesView text)
{
    std::size_t values = 1;
    bool inText = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (c == '"') {
            inText = !inText;
        } else if (inText) {
            i += c == '\\' ? 1 : 0;
        } else if (c == ',' || c == '[' || c == '{') {
            ++values;
        }
    }
    return values;
}

} // namespace

Result<void> checkBundleSize(BytesView text)
{
    if (text.size() > kBundleBytesMax) {
        return fail(ErrorCode::TooLarge, "a JSON text beyond 256 MiB, which no bundle has");
    }
    if (valuesIn(text) > kBundleValuesMax) {
        return fail(ErrorCode::TooLarge, "a JSON text of more values than any bundle has");
    }
    return {};
}

Result<Json> parseBundle(BytesView text)
{
    EXHIBIT_CHECK(checkBundleSize(text));
    auto json = parseWrittenJson(text);
    if (!json && json.error().code == ErrorCode::TooLarge) {
        json = parseJson(text); // Among so many values no name is looked for twice.
    }
    return json;
}

bool isBundle(const Json& text)
{
    return stringMember(text, "schema").starts_with(kSchemaFamily);
}

bool isOfOtherRelease(const Json& bundle)
{
    return isBundle(bundle) && publishedSchema(stringMember(bundle, "schema")) == nullptr;
}

void Agreement::expect(bool holds, const std::string& member, const std::string& what)
{
    if (!holds) {
        m_report.failed("report", member.empty() ? m_subject : member, what);
        m_holds = false;
    }
}

void Agreement::conclude(const std::string& detail)
{
    if (m_holds) {
        m_report.passed("report", m_subject, detail);
    }
}

bool checkSchema(const Json& bundle,
                 const std::string& subject,
                 evidence::VerificationReport& report)
{
    const std::string name(stringMember(bundle, "schema"));
    const Json* const schema = publishedSchema(name);
    if (isOfOtherRelease(bundle)) {
        report.notChecked("report", subject, "this release does not have the schema " + name);
        return false;
    }
    if (schema == nullptr) {
        report.failed("report", subject, "it names no schema of ours");
        return false;
    }
    if (const auto fault = schemaFault(*schema, bundle)) {
        report.failed("report", subject, "not of the schema " + name + ": " + *fault);
        return false;
    }
    report.passed("report", subject, "follows the published schema " + name);
    return true;
}

void noteUnsigned(const std::string& createdAt, evidence::VerificationReport& report)
{
    report.timeClaimed = createdAt;
    report.notChecked("report",
                      "signature",
                      "nobody signed it: whoever hands it on vouches for every word of it");
    report.notChecked("time", createdAt, "no time stamp: the file's own word");
}

bool checkProofsBeside(BytesView bundle,
                       ReportKind kind,
                       const std::map<std::string, Bytes>& beside,
                       const evidence::TrustAnchors& anchors,
                       evidence::VerificationReport& report)
{
    const auto claims = logClaimsOf(bundle, kind);
    if (claims.heads.empty() && claims.entries.empty()) {
        return false;
    }
    const auto attached = beside.find(std::string(kAttachedProofs));
    if (attached == beside.end()) {
        report.notChecked(
            "inclusion", "report", "the file carries no proof that the log holds what it names");
        return false;
    }
    const auto proofs = parseLogProofs(attached->second);
    if (!proofs) {
        report.failed("inclusion", std::string(kAttachedProofs), proofs.error().message);
        return false;
    }
    checkLogClaims(claims, *proofs, anchors, report);
    return !report.hasFailure("checkpoint") && !report.hasFailure("consistency")
        && !report.hasFailure("inclusion");
}

} // namespace exhibit::report
