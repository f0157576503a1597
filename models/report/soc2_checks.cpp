// SPDX-License-Identifier: Apache-2.0
#include "models/report/soc2_checks.h"

#include "models/report/bundle_agreement.h"
#include "models/report/soc2_files.h"
#include "models/report/step_line.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace exhibit::report {
namespace {

constexpr std::size_t kListingsBytesMax = std::size_t{1} << 30U; ///< All of them, in memory.
constexpr const char* kSoc2Csv = "soc2.csv";

/// What the lines of a listing come to.
struct ListingSum {
    std::uint64_t counted = 0; ///< What its members stand for; wraps where somebody lies.
    std::set<std::string, std::less<>> performers;
    std::pair<std::int64_t, std::int64_t> newest{0, -1}; ///< Epoch and number of its last entry.
    bool sound = true;
};

/// A day of the log stands for its entries, everything else for itself.
std::int64_t standsFor(const Json& member)
{
    const Json* const details = findMember(member, "details");
    const bool isDay = details != nullptr && findMember(*details, "last_hash") != nullptr;
    return isDay ? integerMember(*details, "entries") : 1;
}

ListingSum sumOf(BytesView listing)
{
    ListingSum sum;
    while (!listing.empty()) {
        const auto end = listing.find('\n');
        const auto member = parseJson(listing.substr(0, end));
        listing.remove_prefix(end == listing.npos ? listing.size() : end + 1);
        if (!member || !member->is_object()) {
            sum.sound = false;
            return sum;
        }
        sum.counted += static_cast<std::uint64_t>(standsFor(*member));
        sum.performers.emplace(stringMember(*member, "performer"));
        const auto number = [&member](const char* name) {
            const Json* const value = findMember(*member, name);
            return value != nullptr && value->is_int64() ? value->get_int64() : -1;
        };
        sum.newest = std::max(sum.newest, std::pair(number("entry_epoch"), number("entry_seq")));
    }
    return sum;
}

void compareListing(const Soc2Row& row, BytesView listing, Agreement& agreement)
{
    const auto sum = sumOf(listing);
    const auto& file = row.evidenceFile;
    agreement.expect(sum.sound, file, "a line is no object");
    agreement.expect(sum.counted == static_cast<std::uint64_t>(row.populationCount),
                     file,
                     fmt::format("it comes to {}, and the row of {} counts {}",
                                 sum.counted,
                                 row.criterion,
                                 row.populationCount));
    const bool known
        = std::all_of(row.performers.begin(), row.performers.end(), [&sum](const auto& one) {
              return sum.performers.contains(one);
          });
    agreement.expect(known
                         && static_cast<std::int64_t>(row.performers.size()) + row.morePerformers
                             == static_cast<std::int64_t>(sum.performers.size()),
                     file,
                     "others did it than the row of " + row.criterion + " names");
    agreement.expect(std::pair(row.entryEpoch.value_or(0), row.entrySeq.value_or(-1)) == sum.newest,
                     file,
                     "its newest entry is not the one in the row of " + row.criterion);
}

void compareLogs(const Soc2Log& log, Agreement& agreement)
{
    std::uint64_t entries = 0; // Wraps where somebody lies.
    bool contiguous = true;
    for (const auto& epoch : log.epochs) {
        const std::string at = fmt::format("/log, epoch {}", epoch.epoch);
        const bool gapless = epoch.entries == epoch.last - epoch.first + 1;
        agreement.expect(epoch.entries <= epoch.last - epoch.first + 1,
                         at,
                         "it counts more entries than its numbers allow");
        agreement.expect(!epoch.contiguous || gapless, at, "it is called contiguous and is not");
        entries += static_cast<std::uint64_t>(epoch.entries);
        contiguous = contiguous && epoch.contiguous;
    }
    agreement.expect(log.epochs.empty() || entries == static_cast<std::uint64_t>(log.entries),
                     "/log/entries",
                     "the logs of the period have another number");
    agreement.expect(log.epochs.empty() || contiguous == log.contiguous,
                     "/log/contiguous",
                     "the logs of the period say otherwise");
}

using Listings = std::map<std::string, Bytes>;

/// The bundle against the listings and proofs beside it.
void checkRows(const Json& json,
               const Listings& beside,
               const evidence::TrustAnchors& anchors,
               evidence::VerificationReport& report)
{
    const auto bundle = readBundleOf<Soc2Bundle>(json, report);
    if (!bundle) {
        return;
    }
    Agreement agreement("content", report);
    const Bytes text = printJson(json);
    const auto fault = faultOfAttachments(text, ReportKind::Soc2, beside);
    agreement.expect(!fault, "", fault.value_or(""));
    for (const auto& row : bundle->rows) {
        agreement.expect(row.periodStart == bundle->compliancePeriodStart
                             && row.periodEnd == bundle->compliancePeriodEnd,
                         "/rows, " + row.criterion,
                         "it is of another period");
        const auto listing = beside.find(row.evidenceFile);
        if (listing != beside.end()) {
            compareListing(row, listing->second, agreement);
        } else {
            agreement.expect(row.evidenceFile.empty() && row.populationCount == 0,
                             "/rows, " + row.criterion,
                             "the listing that it names is not there");
        }
    }
    compareLogs(bundle->log, agreement);
    agreement.conclude("each row is what its listing comes to, by its SHA-256 too");
    checkProofsBeside(text, ReportKind::Soc2, beside, anchors, report);
    noteUnsigned(formatTime(bundle->createdAt), report);
}

/// Beside the bundle nothing but what its rows name, the same as CSV, and proofs.
void checkFiles(const ArchiveFiles& files,
                const Soc2Bundle& bundle,
                evidence::VerificationReport& report)
{
    std::set<std::string, std::less<>> named{std::string(kAttachedSoc2),
                                             kSoc2Csv,
                                             std::string(kFileManifest),
                                             std::string(kAttachedProofs)};
    for (const auto& row : bundle.rows) {
        named.insert(row.evidenceFile);
    }
    for (const auto& [path, digest] : files.digests()) {
        if (!named.contains(path)) {
            report.failed("coverage", path, "no row names it");
        }
    }
    const auto csv = files.read(kSoc2Csv);
    if (!csv) {
        report.failed("coverage", kSoc2Csv, "incomplete: " + csv.error().message);
    } else if (csv->view() == soc2Csv(bundle)) {
        report.passed("report", kSoc2Csv, "its rows are those of soc2.json");
    } else {
        report.failed("report", kSoc2Csv, "its rows are not those of soc2.json");
    }
}

Result<Listings> readListings(const ArchiveFiles& files)
{
    Listings listings;
    std::uint64_t bytes = 0;
    for (const auto& [path, digest] : files.digests()) {
        bytes += files.size(path);
        if (bytes > kListingsBytesMax) {
            return fail(ErrorCode::TooLarge, "the listings are too large to be looked at", path);
        }
        if (path.ends_with(".ndjson")) {
            EXHIBIT_TRY(const auto content, files.read(path));
            listings.emplace(path, content.view());
        }
    }
    return listings;
}

} // namespace

void checkSoc2Bundle(const Json& json,
                     const evidence::TrustAnchors& anchors,
                     evidence::VerificationReport& report)
{
    Json bundle = json;
    Listings listings;
    if (const Json* const inside = findMember(json, "listings")) {
        for (const auto& member : inside->as_object()) {
            listings.emplace(member.key(), Bytes(member.value().as_string()));
        }
        bundle.as_object().erase("listings");
    }
    checkRows(bundle, listings, anchors, report);
}

evidence::VerificationReport verifySoc2Archive(const ArchiveFiles& files,
                                               const evidence::TrustAnchors& anchors)
{
    evidence::VerificationReport report;
    report.verdict = evidence::Verdict::Unauthenticated;
    checkManifest(files, report);
    const std::string name(kAttachedSoc2);
    const auto content = files.read(name);
    const auto json
        = content ? parseWrittenJson(content->view()) : tl::make_unexpected(content.error());
    const auto listings = readListings(files);
    if (!json || !listings) {
        const auto& error = json ? listings.error() : json.error();
        report.failed(json ? "report" : "coverage", name, error.message);
        return report;
    }
    if (!checkSchema(*json, name, report)) {
        return report;
    }
    if (const auto bundle = fromJson<Soc2Bundle>(*json, UnknownMembers::Reject)) {
        checkFiles(files, *bundle, report);
    }
    checkRows(*json, *listings, anchors, report);
    return report;
}

} // namespace exhibit::report
