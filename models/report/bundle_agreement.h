// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/json_fields.h"
#include "models/evidence/report.h"
#include "models/evidence/trust.h"
#include "models/report/report_pdf.h"

#include <map>

/// What a bundle that is handed out as JSON shows of itself. One file for each kind looks at what
/// its parts have to do with one another (evidence_bundle_checks.cpp ...); nobody signs such a
/// text, so that none of them is ever "valid".
namespace exhibit::report {

/// Of the text of a bundle. An honest one of 10,000 steps with all that was said is a tenth of it;
/// in memory a hostile one takes many times its length before anything in it is known.
inline constexpr std::size_t kBundleBytesMax = std::size_t{256} * 1024 * 1024;
/// Values in it, of which two bytes make one and twenty-four times that in memory.
inline constexpr std::size_t kBundleValuesMax = 4'000'000;

/// TooLarge, before anything is made of it.
[[nodiscard]] Result<void> checkBundleSize(BytesView text);
/// TooLarge, InvalidInput where it is no JSON or has a name twice.
[[nodiscard]] Result<Json> parseBundle(BytesView text);
/// Whether it says that it is a bundle of ours.
[[nodiscard]] bool isBundle(const Json& text);
/// Whether it is a bundle of a schema that this release does not have: what it says cannot
/// be looked at, which is not to say that anybody changed it.
[[nodiscard]] bool isOfOtherRelease(const Json& bundle);

/// Whether the parts of one file agree: each that does not is a failed check `report`, and once
/// that all do is a passed one.
class Agreement {
public:
    /// `subject` names the file, or what of it is looked at.
    Agreement(std::string subject, evidence::VerificationReport& report)
        : m_subject(std::move(subject))
        , m_report(report)
    {
    }
    /// `what` ends a sentence about `member`, where one is to blame.
    void expect(bool holds, const std::string& member, const std::string& what);
    /// Says once, when everything held, that it did.
    void conclude(const std::string& detail);
    [[nodiscard]] bool holds() const { return m_holds; }

private:
    std::string m_subject;
    evidence::VerificationReport& m_report;
    bool m_holds = true;
};

/// The check `report` of schema: the one published under the name that the text gives. False:
/// nothing in it is to be believed; the text does not follow it (failed), or there is none in this
/// release (not checked).
[[nodiscard]] bool checkSchema(const Json& bundle,
                               const std::string& subject,
                               evidence::VerificationReport& report);

/// A bundle as its kind has it; a failed check where it is none.
template <class T>
std::optional<T> readBundleOf(const Json& json, evidence::VerificationReport& report)
{
    auto bundle = fromJson<T>(json, UnknownMembers::Reject);
    if (!bundle) {
        report.failed("report", bundle.error().subject, bundle.error().message);
        return std::nullopt;
    }
    return *std::move(bundle);
}

/// Nobody signed it, no log is shown to hold it, nothing says when but itself.
void noteUnsigned(const std::string& createdAt, evidence::VerificationReport& report);

/// What the log shows of the heads and entries that a bundle names, by the proofs beside it; true
/// when there are some, and they do show it.
bool checkProofsBeside(BytesView bundle,
                       ReportKind kind,
                       const std::map<std::string, Bytes>& beside,
                       const evidence::TrustAnchors& anchors,
                       evidence::VerificationReport& report);

// By kind. `bundle` follows its schema.
void checkEvidenceBundle(const Json& bundle, evidence::VerificationReport& report);
void checkArt73Bundle(const Json& bundle, evidence::VerificationReport& report);
void checkLegalBundle(const Json& bundle, evidence::VerificationReport& report);
/// With its listings in it, as it is handed out alone.
void checkSoc2Bundle(const Json& bundle,
                     const evidence::TrustAnchors& anchors,
                     evidence::VerificationReport& report);

} // namespace exhibit::report
