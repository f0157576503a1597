// SPDX-License-Identifier: Apache-2.0
#include "models/evidence/verifier.h"

#include "models/evidence/certificate_checks.h"
#include "models/evidence/container_check.h"
#include "models/evidence/pack_checks.h"

#include <algorithm>

namespace exhibit::evidence {
namespace {

bool anyPassed(const VerificationReport& report, std::string_view id)
{
    return std::any_of(report.checks.begin(), report.checks.end(), [&](const Check& check) {
        return check.id == id && check.result == CheckResult::Passed;
    });
}

Verdict judge(const VerificationReport& report)
{
    if (report.hasFailure()) {
        return Verdict::Invalid;
    }
    const bool isSigned = anyPassed(report, "checkpoint") || anyPassed(report, "pack-signature")
        || anyPassed(report, "certificate");
    if (!isSigned) {
        return Verdict::Unauthenticated;
    }
    // Every key has to be pinned; that a witness saw it as well does not stand in for that.
    const bool open
        = std::any_of(report.checks.begin(), report.checks.end(), [](const auto& check) {
              return check.id == "trust" && check.result == CheckResult::NotChecked;
          });
    return anyPassed(report, "trust") && !open ? Verdict::Valid : Verdict::Untrusted;
}

} // namespace

VerificationReport verifyPack(BytesView archive, const TrustAnchors& anchors)
{
    VerificationReport report;
    const auto pack = Pack::open(archive);
    if (!pack) {
        report.failed("container", pack.error().subject, pack.error().message);
        return report;
    }
    checkContainer(pack->archive(), report);
    if (PackChecks(*pack, anchors, report).run()) {
        report.verdict = judge(report);
    }
    return report;
}

VerificationReport verifyCertificate(BytesView bytes, const TrustAnchors& anchors)
{
    VerificationReport report;
    const auto envelope = parseEnvelope(bytes);
    const auto statement
        = envelope ? parseStatement(envelope->payload) : tl::make_unexpected(envelope.error());
    if (!statement || envelope->payloadType != kInTotoType) {
        report.failed(
            "container", "", statement ? "not an in-toto statement" : statement.error().message);
        return report;
    }
    report.passed("container", "", "a DSSE envelope with an in-toto statement");
    report.origin = stringMember(statement->predicate, "log_origin");
    // Nothing but the log shows at which of its sizes this was signed.
    const auto signer = signerOf(*envelope, {report.origin, std::nullopt}, anchors, {});
    report.issuer = signer.keyId;
    noteSigner(signer, "certificate", "signature", report);
    if (statement->predicateType != kCertificatePredicate) {
        report.notChecked("certificate",
                          statement->predicateType,
                          "what this kind of statement says is not known");
    }
    std::string why(whyUntrusted(signer));
    if (revokedSigner(*envelope, anchors) != nullptr) {
        why = "the key was revoked, and nothing shows when it signed";
    } else if (why.empty()) {
        why = "a certificate that no log is shown to hold is not known to be issued";
    }
    report.notChecked("trust", report.origin, why);
    report.notChecked("inclusion", "", "a certificate alone does not show that it is in the log");
    report.timeClaimed = stringMember(statement->predicate, "signed_at");
    report.notChecked("time", report.timeClaimed, "no time stamp: the issuer's own word");
    report.verdict = report.hasFailure() ? Verdict::Invalid : Verdict::Untrusted;
    return report;
}

VerificationReport verifyCertificateDocument(BytesView text, const TrustAnchors& anchors)
{
    VerificationReport report;
    const auto document = parseCertificateDocument(text);
    if (!document) {
        report.failed("container", "", document.error().message);
    } else if (CertificateChecks(*document, anchors, report).run()) {
        report.verdict = judge(report);
    }
    return report;
}

VerificationReport verifyFile(BytesView bytes, const TrustAnchors& anchors)
{
    if (!bytes.starts_with('{')) {
        return verifyPack(bytes, anchors);
    }
    // A DSSE envelope has its payload in the outermost object, a document its version.
    const auto json = bytes.size() <= limits::kDsseBytesMax
        ? parseJson(bytes)
        : Result<Json>(fail(ErrorCode::TooLarge, "too large"));
    return json && findMember(*json, "v") != nullptr ? verifyCertificateDocument(bytes, anchors)
                                                     : verifyCertificate(bytes, anchors);
}

} // namespace exhibit::evidence
