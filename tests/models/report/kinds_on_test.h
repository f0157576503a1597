// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/base64.h"
#include "models/report/art73.h"
#include "models/report/declaration.h"
#include "models/report/legal_discovery_json.h"
#include "models/report/report_pdf.h"
#include "tests/models/evidence/log_on_test.h"
#include "tests/models/report/facts_on_test.h"
#include "tests/models/report/pack_on_test.h"
#include "tests/models/report/soc2_on_test.h"

#include <cstdlib>
#include <fstream>
#include <sstream>

/// A PDF of each kind that leaves the building, from one incident, by keys that the tests hold.
namespace exhibit::report {

inline constexpr ReportKind kEveryKind[] = {ReportKind::Incident,
                                            ReportKind::ExecutiveDebrief,
                                            ReportKind::Soc2,
                                            ReportKind::LegalDiscovery,
                                            ReportKind::AiActArt73,
                                            ReportKind::Fre902};

inline Json mappingOnTest(const std::string& name)
{
    const char* const source = std::getenv("EXHIBIT_SOURCE_DIR");
    std::ostringstream text;
    text << std::ifstream((source == nullptr ? "." : std::string(source)) + "/resources/mappings/"
                          + name)
                .rdbuf();
    return parseJson(text.str()).value();
}

/// The log that a report names: three entries under one head.
inline const evidence::testing::LogOnTest& logOnTest()
{
    static const auto log = [] {
        evidence::testing::LogOnTest made;
        made.addMany(3);
        return made;
    }();
    return log;
}
inline std::string rootOnTest()
{
    return toBase64(asView(logOnTest().head(3).root));
}
inline Bytes proofsOnTest(const std::vector<std::uint64_t>& entries)
{
    LogProofs proofs;
    proofs.heads = {logOnTest().note(3)};
    for (const auto entry : entries) {
        proofs.entries.push_back({logOnTest().entry(entry), logOnTest().proof(entry, 3)});
    }
    return writeLogProofs(proofs);
}

/// A bundle with the files beside it.
struct BundleOnTest {
    Bytes bundle;
    std::map<std::string, Bytes> beside;
};

inline BundleOnTest soc2FilesOnTest(Soc2Bundle bundle = soc2OnTest())
{
    const std::string origin(evidence::testing::kSmallOrigin);
    bundle.log = {origin, 3, true, 3, rootOnTest(), {{1, origin, 3, 0, 2, true, 3, rootOnTest()}}};
    bundle.rows.front().entryEpoch = 1;
    bundle.rows.front().entrySeq = 2;
    return {printJson(toJson(bundle)),
            {{"CC7.2.ndjson", listingOnTest()}, {std::string(kAttachedProofs), proofsOnTest({2})}}};
}

/// Of one document of two pages, which is withheld in part.
inline LegalDiscoveryBundle legalOnTest()
{
    LegalDiscoveryBundle bundle;
    bundle.bundleId = "b1";
    bundle.createdAt = fromMicroseconds(1'795'000'000'000'000);
    bundle.exportedBy = "key_1";
    bundle.exportReason = "request 4";
    bundle.tenantId.value = Uuid::v8(sha256("tenant"));
    bundle.tenantName = "Example";
    bundle.incidentId = IncidentId{Uuid::v8(sha256("incident"))}.text();
    bundle.caseName = "Doe v. Example";
    bundle.volume = "VOL001";
    bundle.confidentiality = "CONFIDENTIAL";
    bundle.batesPrefix = "EXH";
    bundle.batesFirst = 7;
    bundle.batesLast = 8;
    bundle.custodians = {"Ada Müller"};
    bundle.logOrigin = evidence::testing::kSmallOrigin;
    bundle.treeSize = 3;
    bundle.root = rootOnTest();
    ProducedDocument document;
    document.begBates = "EXH0000007";
    document.endBates = "EXH0000008";
    document.custodian = "Ada Müller";
    document.docType = "input";
    document.stepIndex = 0;
    document.subject = "Step 0: input";
    document.sha256 = sha256("text");
    document.textPath = "VOL001/TEXT/0001/EXH0000007.txt";
    document.pageCount = 2;
    document.treatment = Treatment::Redacted;
    document.redactions = {{"work product", 1}};
    document.entrySeq = 1;
    document.entryHash = sha256(logOnTest().entry(1));
    document.proofPath = "PROOFS/0000000001.tlog-proof";
    bundle.files = {{document.textPath, 4, document.sha256}};
    bundle.documents = {std::move(document)};
    bundle.privilegeLog = {{"EXH0000007",
                            "EXH0000008",
                            bundle.createdAt,
                            "input",
                            "a user",
                            "gpt-4o",
                            Treatment::Redacted,
                            "work product",
                            "Passage 1, 1 time: notes of counsel."}};
    return bundle;
}
inline BundleOnTest legalFilesOnTest(const LegalDiscoveryBundle& bundle = legalOnTest())
{
    return {printJson(toJson(bundle)), {{std::string(kAttachedProofs), proofsOnTest({1})}}};
}

inline BundleOnTest art73FilesOnTest(const Bytes& pack, const Art73Entered& entered = {})
{
    const auto draft = makeArt73(
        readPackFacts(pack).value(), mappingOnTest("ai_act_art73.json"), entered, "/art73");
    return {printJson(toJson(draft.value())), {{std::string(kAttachedPack), pack}}};
}

inline BundleOnTest declarationOnTest(const Bytes& pack)
{
    const auto declared = declarationOf(readPackFacts(pack).value());
    return {printJson(toJson(declared)), {{std::string(kAttachedPack), pack}}};
}

inline Bytes packOfKindsOnTest()
{
    static const Bytes pack = packOnTest(bundleOnTest(factsOnTest(), true));
    return pack;
}

inline Result<Bytes> reportOf(ReportKind kind, const BundleOnTest& files, const PdfSigner& sign)
{
    return makeBundleReport(files.bundle, kind, files.beside, sign);
}

inline Result<Bytes> reportOnTest(ReportKind kind, const PdfSigner& sign)
{
    const Bytes pack = packOfKindsOnTest();
    switch (kind) {
    case ReportKind::Soc2:
        return reportOf(kind, soc2FilesOnTest(), sign);
    case ReportKind::LegalDiscovery:
        return reportOf(kind, legalFilesOnTest(), sign);
    case ReportKind::AiActArt73:
        return reportOf(kind, art73FilesOnTest(pack), sign);
    case ReportKind::Fre902:
        return reportOf(kind, declarationOnTest(pack), sign);
    case ReportKind::Incident:
    case ReportKind::ExecutiveDebrief:
        break;
    }
    return makeReport(pack, kind, sign);
}

} // namespace exhibit::report
