// SPDX-License-Identifier: Apache-2.0
#include "models/report/soc2_checks.h"

#include "models/report/bundle_agreement.h"
#include "models/report/csv.h"
#include "models/report/soc2_listing.h"
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
    std::string fault; ///< Why it is no listing; empty: it is one.
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
    const auto read = readListing(listing, [&sum](const Json& member) {
        sum.counted += static_cast<std::uint64_t>(standsFor(member));
        sum.performers.emplace(stringMember(member, "performer"));
        const auto number = [&member](const char* name) {
            const Json* const value = findMember(member, name);
            return value != nullptr && value->is_int64() ? value->get_int64() : -1;
        };
        sum.newest = std::max(sum.newest, std::pair(number("entry_epoch"), number("entry_seq")));
    });
    sum.fault = read ? "" : read.error().message;
    return sum;
}

void compareListing(const Soc2Row& row, const ListingSum& sum, Agreement& agreement)
{
    const auto& file = row.evidenceFile;
    agreement.expect(sum.fault.empty(), file, sum.fault);
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

/// Each row against its listing, of which one is in memory at a time.
void compareRows(const Soc2Bundle& bundle, const Listings& beside, Agreement& agreement)
{
    for (const auto& [file, rows] : rowsByListing(bundle)) {
        const auto listing = beside.find(std::string(file));
        const auto sum = listing == beside.end() ? ListingSum() : sumOf(listing->second);
        for (const auto* const row : rows) {
            const std::string at = "/rows, " + row->criterion;
            agreement.expect(row->periodStart == bundle.compliancePeriodStart
                                 && row->periodEnd == bundle.compliancePeriodEnd,
                             at,
                             "it is of another period");
            if (listing != beside.end()) {
                compareListing(*row, sum, agreement);
            } else {
                agreement.expect(file.empty() && row->populationCount == 0,
                                 at,
                                 "the listing that it names is not there");
            }
        }
    }
}

/// The bundle against the listings and proofs beside it; returns those that it agrees with.
std::set<std::string> checkRows(const Json& json,
                                const Listings& beside,
                                const evidence::TrustAnchors& anchors,
                                evidence::VerificationReport& report)
{
    std::set<std::string> compared;
    const auto bundle = readBundleOf<Soc2Bundle>(json, report);
    if (!bundle) {
        return compared;
    }
    Agreement agreement("content", report);
    const Bytes text = printJson(json);
    const auto fault = faultOfAttachments(text, ReportKind::Soc2, beside);
    agreement.expect(!fault, "", fault.value_or(""));
    compareRows(*bundle, beside, agreement);
    compareLogs(bundle->log, agreement);
    agreement.conclude("each row is what its listing comes to, by its SHA-256 too");
    if (checkProofsBeside(text, ReportKind::Soc2, beside, anchors, report)) {
        compared.insert(std::string(kAttachedProofs));
    }
    if (agreement.holds() && !report.hasFailure("checkpoint") && !report.hasFailure("inclusion")) {
        compared.insert(std::string(kAttachedSoc2));
        for (const auto& row : bundle->rows) {
            compared.insert(row.evidenceFile);
        }
    }
    noteUnsigned(formatTime(bundle->createdAt), report);
    return compared;
}

/// `names` is the head of the CSV, whose columns of other releases are not known here.
void checkColumns(const std::vector<std::string>& names,
                  const Soc2Bundle& bundle,
                  const std::vector<std::vector<std::string>>& lines,
                  Agreement& agreement)
{
    for (std::size_t i = 0; i < bundle.rows.size(); ++i) {
        const auto& row = bundle.rows[i];
        for (const auto& [name, value] : soc2Columns(row)) {
            const auto column = std::find(names.begin(), names.end(), name);
            agreement.expect(
                column == names.end()
                    || isCsvFieldOf(lines[i + 1][static_cast<std::size_t>(column - names.begin())],
                                    value),
                "",
                fmt::format("{} of {} is not what soc2.json says", name, row.criterion));
        }
    }
}

/// Releases differ in the columns that they write, and agree on what a column says.
void checkCsv(BytesView csv, const Soc2Bundle& bundle, ArchiveReport& checked)
{
    auto& report = checked.report;
    const auto lines = readCsv(csv, bundle.rows.size() + 1);
    if (!lines) {
        report.failed("report", kSoc2Csv, lines.error().subject + ": " + lines.error().message);
        return;
    }
    Agreement agreement(kSoc2Csv, report);
    const bool even = lines->size() == bundle.rows.size() + 1
        && std::all_of(lines->begin(), lines->end(), [&](const auto& line) {
                          return line.size() == lines->front().size();
                      });
    agreement.expect(even, "", "its lines are not those of the rows of soc2.json");
    if (!even) {
        return;
    }
    const auto& names = lines->front();
    const std::set<std::string, std::less<>> distinct(names.begin(), names.end());
    agreement.expect(distinct.size() == names.size(), "", "two columns have one name");
    checkColumns(names, bundle, *lines, agreement);
    std::size_t known = 0;
    for (const auto& [name, value] : soc2Columns({})) {
        known += distinct.contains(name) ? 1 : 0;
    }
    if (known < distinct.size()) {
        report.notChecked("report", kSoc2Csv, "it has columns that this release does not know");
    }
    if (known == 0) {
        return;
    }
    agreement.conclude(fmt::format("what {} of its {} say is what soc2.json says",
                                   known,
                                   counted(static_cast<std::int64_t>(distinct.size()), "column")));
    if (agreement.holds() && known == distinct.size()) {
        checked.compared.insert(kSoc2Csv);
    }
}

/// Beside the bundle nothing but what its rows name, the same as CSV, and proofs.
void checkFiles(const ArchiveFiles& files, const Soc2Bundle& bundle, ArchiveReport& checked)
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
            checked.report.failed("coverage", path, "no row names it");
        }
    }
    if (const auto csv = files.read(kSoc2Csv)) {
        checkCsv(csv->view(), bundle, checked);
    } else {
        checked.report.failed("coverage", kSoc2Csv, "incomplete: " + csv.error().message);
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

/// Names of listings in the rows of a text that follows its schema.
std::set<std::string_view> listingsNamed(const Json& bundle)
{
    std::set<std::string_view> names{kAttachedProofs};
    for (const auto& row : bundle.at("rows").as_array()) {
        names.insert(stringMember(row, "evidence_file"));
    }
    return names;
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
    const auto named = listingsNamed(bundle);
    for (const auto& [name, listing] : listings) {
        if (!named.contains(name)) {
            report.failed("coverage", name, "no row names it");
        }
    }
    (void)checkRows(bundle, listings, anchors, report);
}

ArchiveReport verifySoc2Archive(const ArchiveFiles& files, const evidence::TrustAnchors& anchors)
{
    ArchiveReport checked;
    auto& report = checked.report;
    report.verdict = evidence::Verdict::Unauthenticated;
    checkManifest(files, checked);
    const std::string name(kAttachedSoc2);
    const auto content = files.read(name);
    const auto json = content ? parseBundle(content->view()) : tl::make_unexpected(content.error());
    const auto listings = readListings(files);
    if (!json || !listings) {
        const auto& error = json ? listings.error() : json.error();
        report.failed(content ? "report" : "coverage", json ? error.subject : name, error.message);
        return checked;
    }
    if (!checkSchema(*json, name, report)) {
        noteUnsigned(std::string(stringMember(*json, "created_at")), report);
        return checked;
    }
    if (const auto bundle = fromJson<Soc2Bundle>(*json, UnknownMembers::Reject)) {
        checkFiles(files, *bundle, checked);
    }
    checked.compared.merge(checkRows(*json, *listings, anchors, report));
    if (!checked.compared.contains(name)) {
        report.failed("report", name, "it does not agree with what lies beside it");
    }
    return checked;
}

} // namespace exhibit::report
