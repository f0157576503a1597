// SPDX-License-Identifier: Apache-2.0
#include "models/report/bundle_agreement.h"

#include "models/report/published_schemas.h"

namespace exhibit::report {

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
    if (schema == nullptr) {
        report.failed("report", subject, "this release knows no schema of the name it gives");
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

void checkProofsBeside(BytesView bundle,
                       ReportKind kind,
                       const std::map<std::string, Bytes>& beside,
                       const evidence::TrustAnchors& anchors,
                       evidence::VerificationReport& report)
{
    const auto claims = logClaimsOf(bundle, kind);
    if (claims.heads.empty() && claims.entries.empty()) {
        return;
    }
    const auto attached = beside.find(std::string(kAttachedProofs));
    if (attached == beside.end()) {
        report.notChecked(
            "inclusion", "report", "the file carries no proof that the log holds what it names");
        return;
    }
    if (const auto proofs = parseLogProofs(attached->second)) {
        checkLogClaims(claims, *proofs, anchors, report);
    } else {
        report.failed("inclusion", std::string(kAttachedProofs), proofs.error().message);
    }
}

} // namespace exhibit::report
