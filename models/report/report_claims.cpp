// SPDX-License-Identifier: Apache-2.0
// What the bundle of a report says, held against the files beside it.
#include "models/report/art73.h"
#include "models/report/bundle_agreement.h"
#include "models/report/declaration.h"
#include "models/report/legal_discovery_json.h"
#include "models/report/report_pdf.h"
#include "models/report/soc2_listing.h"

#include <fmt/format.h>

#include <algorithm>

namespace exhibit::report {
namespace {

using Attachments = std::map<std::string, Bytes>;
using Fault = std::optional<std::string>;

template <class T>
Result<T> readBundle(BytesView bytes)
{
    EXHIBIT_CHECK(checkBundleSize(bytes));
    EXHIBIT_TRY(const Json json, parseJson(bytes));
    return fromJson<T>(json, UnknownMembers::Reject);
}

const Bytes* packIn(const Attachments& attachments)
{
    const auto pack = attachments.find(std::string(kAttachedPack));
    return pack == attachments.end() ? nullptr : &pack->second;
}

/// Of the rows that name it, which are one or more.
Fault faultOfListing(BytesView listing, const std::vector<const Soc2Row*>& rows)
{
    const Digest digest = sha256(listing);
    std::map<std::string_view, std::string_view> wanted; ///< Criteria by their samples.
    for (const auto* const row : rows) {
        if (row->evidenceSha256 != digest) {
            return "the listing of " + row->criterion + " is not the one that was exported";
        }
        for (const auto& sample : row->sampleIds) {
            wanted.emplace(sample, row->criterion);
        }
    }
    const auto read = readListing(
        listing, [&wanted](const Json& member) { wanted.erase(stringMember(member, "id")); });
    if (!read) {
        return "the listing of " + rows.front()->criterion + ": " + read.error().message;
    }
    return wanted.empty()
        ? Fault()
        : fmt::format("a sample of {} is not in its listing", wanted.begin()->second);
}

/// A row has its listing with a hash, or samples nothing.
Fault faultOfListings(const Soc2Bundle& bundle, const Attachments& attachments)
{
    for (const auto& [file, rows] : rowsByListing(bundle)) {
        if (file.empty()) {
            for (const auto* const row : rows) {
                if (row->evidenceSha256 || !row->sampleIds.empty()) {
                    return "the row of " + row->criterion + " has samples of no listing";
                }
            }
            continue;
        }
        const auto found = attachments.find(std::string(file));
        if (found == attachments.end()) {
            return "the listing of " + rows.front()->criterion + " is not there";
        }
        if (auto fault = faultOfListing(found->second, rows)) {
            return fault;
        }
    }
    return std::nullopt;
}

/// What of the bundle each of its documents is looked up in.
struct ProductionIndex {
    std::map<std::string, Digest> files;
    std::set<std::string, std::less<>> withGrounds; ///< First numbers in the privilege log.
};

ProductionIndex indexOf(const LegalDiscoveryBundle& bundle)
{
    ProductionIndex index;
    for (const auto& file : bundle.files) {
        index.files.emplace(file.path, file.sha256);
    }
    for (const auto& entry : bundle.privilegeLog) {
        index.withGrounds.insert(entry.begBates);
    }
    return index;
}

Fault faultOfDocument(const ProducedDocument& document,
                      const std::string& prefix,
                      const ProductionIndex& index,
                      std::int64_t first)
{
    const bool counted = document.pageCount >= 1 && document.pageCount <= kBatesMax;
    if (!counted || document.begBates != batesText(prefix, first)
        || document.endBates != batesText(prefix, first + document.pageCount - 1)) {
        return "the numbers of " + document.begBates + " do not follow those before it";
    }
    const auto produced = index.files.find(document.nativePath.value_or(document.textPath));
    if (produced == index.files.end() || produced->second != document.sha256) {
        return "the file of " + document.begBates + " is not the one that is listed";
    }
    const bool told = document.treatment == Treatment::Produced
        || index.withGrounds.contains(document.begBates);
    return told ? Fault() : document.begBates + " is not in the privilege log";
}

/// Numbers without a gap, a file for each document, and a reason for what is not shown.
Fault faultOfProduction(const LegalDiscoveryBundle& bundle)
{
    if (bundle.batesFirst < 1 || bundle.batesFirst > kBatesMax || bundle.batesLast > kBatesMax) {
        return "no production has such numbers";
    }
    const auto index = indexOf(bundle);
    std::int64_t next = bundle.batesFirst; // Each time at most one production's numbers are added.
    for (const auto& document : bundle.documents) {
        if (auto fault = faultOfDocument(document, bundle.batesPrefix, index, next)) {
            return fault;
        }
        next += document.pageCount;
    }
    if (next != bundle.batesLast + 1) {
        return "the documents do not fill the numbers of the production";
    }
    return std::nullopt;
}

Fault faultOfItems(const DeclarationFacts& facts, const Attachments& attachments)
{
    // Nobody signs the file: what came along with it is vouched for by nobody.
    for (const auto& [name, bytes] : attachments) {
        if (name != kAttachedDeclaration && name != kAttachedPack) {
            return "no draft carries " + name;
        }
    }
    const Bytes* const pack = packIn(attachments);
    if (pack == nullptr) {
        return std::nullopt;
    }
    const auto read = readPackFacts(*pack);
    if (!read) {
        return "the attached pack: " + read.error().message;
    }
    if (facts.items.size() != 1 || facts.items[0].sha256 != read->sha256) {
        return "the draft certifies other items than the pack that is attached";
    }
    if (facts.tenantName != read->bundle.tenant.name || facts.origin != read->origin
        || facts.treeSize != static_cast<std::int64_t>(read->treeSize) || facts.root != read->root
        || facts.acquiredAt != read->bundle.createdAt) {
        return "the draft is about another pack than the one attached";
    }
    return std::nullopt;
}

/// Byte for byte: nobody signs the file, so that no word of it may be anybody's own.
Fault faultOfDeclaration(BytesView bytes, const PackFacts& pack)
{
    return bytes == printJson(toJson(declarationOf(pack)))
        ? Fault()
        : Fault("the draft says otherwise than an export of the attached pack does");
}

Fault faultOfPackNamed(const Art73Bundle& bundle, const Attachments& attachments)
{
    const Bytes* const pack = packIn(attachments);
    return pack != nullptr && sha256(*pack) == bundle.packSha256
        ? Fault()
        : Fault("the attached pack is not the one that the report is about");
}

template <class T, class Check>
Fault faultIn(BytesView bytes, ReportKind kind, Check check)
{
    const auto bundle = readBundle<T>(bytes);
    return bundle ? check(*bundle)
                  : fmt::format("{}: {}", attachmentOf(kind), bundle.error().message);
}

LogClaims claimsOf(const Soc2Bundle& bundle)
{
    LogClaims claims;
    std::map<std::int64_t, std::string> origins;
    for (const auto& epoch : bundle.log.epochs) {
        origins.emplace(epoch.epoch, epoch.origin);
        if (epoch.treeSize > 0) {
            claims.heads.push_back({epoch.origin, epoch.treeSize, epoch.root});
        }
    }
    if (bundle.log.treeSize > 0) {
        claims.heads.push_back({bundle.log.origin, bundle.log.treeSize, bundle.log.root});
    }
    for (const auto& row : bundle.rows) {
        const auto origin = origins.find(row.entryEpoch.value_or(-1));
        if (row.entrySeq && origin != origins.end()) {
            claims.entries.insert({origin->second, *row.entrySeq, std::nullopt});
        }
    }
    return claims;
}

LogClaims claimsOf(const LegalDiscoveryBundle& bundle)
{
    LogClaims claims;
    if (bundle.treeSize > 0) {
        claims.heads.push_back({bundle.logOrigin, bundle.treeSize, bundle.root});
    }
    for (const auto& document : bundle.documents) {
        if (document.entrySeq) {
            claims.entries.insert({bundle.logOrigin, *document.entrySeq, document.entryHash});
        }
    }
    return claims;
}

} // namespace

std::optional<std::string> faultOfAttachments(BytesView bytes,
                                              ReportKind kind,
                                              const std::map<std::string, Bytes>& attachments)
{
    switch (kind) {
    case ReportKind::Soc2:
        return faultIn<Soc2Bundle>(
            bytes, kind, [&](const auto& bundle) { return faultOfListings(bundle, attachments); });
    case ReportKind::LegalDiscovery:
        return faultIn<LegalDiscoveryBundle>(bytes, kind, faultOfProduction);
    case ReportKind::AiActArt73:
        return faultIn<Art73Bundle>(
            bytes, kind, [&](const auto& bundle) { return faultOfPackNamed(bundle, attachments); });
    case ReportKind::Fre902:
        return faultIn<DeclarationFacts>(
            bytes, kind, [&](const auto& facts) { return faultOfItems(facts, attachments); });
    case ReportKind::Incident:
    case ReportKind::ExecutiveDebrief:
        break;
    }
    return std::nullopt;
}

std::optional<std::string> faultAgainstPack(BytesView bytes,
                                            ReportKind kind,
                                            const std::map<std::string, Bytes>& attachments)
{
    const Bytes* const pack = packIn(attachments);
    const bool made = kind == ReportKind::AiActArt73 || kind == ReportKind::Fre902;
    if (!made || pack == nullptr) {
        return std::nullopt;
    }
    const auto facts = readPackFacts(*pack);
    if (kind == ReportKind::Fre902) {
        return facts ? faultOfDeclaration(bytes, *facts)
                     : Fault("the attached pack holds no facts for the draft");
    }
    const auto bundle = readBundle<Art73Bundle>(bytes);
    return bundle && facts ? faultOfArt73(*bundle, *facts)
                           : Fault("the attached pack holds no facts for the report");
}

LogClaims logClaimsOf(BytesView bytes, ReportKind kind)
{
    if (kind == ReportKind::Soc2) {
        const auto bundle = readBundle<Soc2Bundle>(bytes);
        return bundle ? claimsOf(*bundle) : LogClaims();
    }
    if (kind == ReportKind::LegalDiscovery) {
        const auto bundle = readBundle<LegalDiscoveryBundle>(bytes);
        return bundle ? claimsOf(*bundle) : LogClaims();
    }
    return {};
}

} // namespace exhibit::report
