// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/report/document.h"
#include "models/report/pack_facts.h"

namespace exhibit::report {

/// The incident investigation report: identification, summary, root cause, remediation, evidence
/// certificate, the decision trace and, where it was asked for, what was said. Every sentence
/// follows from the pack by rule; what is not known is said to be not known. Pure.
[[nodiscard]] Result<Document> incidentReport(const PackFacts& facts);

/// Which entries the pack holds: "no gap" is said of a range without one alone.
[[nodiscard]] std::string rangeOf(const PackFacts& facts);

/// What the parts of a report share.
class ReportParts {
public:
    explicit ReportParts(const PackFacts& facts);

    [[nodiscard]] Document page(const std::string& kind) const; ///< Margins and metadata.
    void identification(Document& document) const;
    [[nodiscard]] Text summary() const; ///< Plain language.
    enum class Detail : std::uint8_t { Plain, Full };
    /// What left and what did not; Full: in the bytes of the wire too.
    [[nodiscard]] Text delivered(Detail detail) const;
    /// What people found that it means, at most that much of each answer.
    void impact(Document& document, const std::string& heading, std::size_t bytesMax) const;
    void rootCause(Document& document, const std::string& number) const;
    /// What should have been said and what was, with at most that much of each.
    [[nodiscard]] Pair shouldAndDid(std::size_t bytesMax) const;
    struct ListRoom {
        std::size_t itemsMax = 100; ///< The rest is counted.
        std::size_t bytesMax = 900; ///< Of one item.
    };
    void remediation(Document& document, const std::string& heading, ListRoom room) const;
    [[nodiscard]] Result<Table> answersWithCode() const;
    [[nodiscard]] Result<void> certificate(Document& document, const std::string& number) const;
    void trace(Document& document, const std::string& number) const;
    /// Of the calls whose steps are in the pack; with the include that covers it.
    void rawIo(Document& document, const std::string& number) const;
    [[nodiscard]] bool hasRawIo() const;
    void basis(Document& document, const std::string& number) const;

private:
    [[nodiscard]] Text undelivered() const;
    [[nodiscard]] Table answers() const;
    [[nodiscard]] Table items() const;
    [[nodiscard]] Notice withheld() const;
    [[nodiscard]] Row traceRow(const BundleStep& step, UtcTime start) const;

    const PackFacts& m_facts;
    const EvidenceBundle& m_bundle;
    const domain::Incident& m_incident;
};

} // namespace exhibit::report
