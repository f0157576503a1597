// SPDX-License-Identifier: Apache-2.0
#include "server/storage/soc2_facts.h"

#include "models/base/base64.h"
#include "server/storage/entered_store.h"
#include "server/storage/key_store.h"
#include "server/storage/ledger_reading.h"
#include "server/storage/mappings.h"
#include "server/storage/soc2_populations.h"

#include <algorithm>
#include <charconv>
#include <set>

namespace exhibit::storage {
namespace {

constexpr std::int64_t kPopulationMax = 200'000;
constexpr std::size_t kSamples = 5;
constexpr std::size_t kPerformersMax = 5;

struct Period {
    UtcTime from{};
    UtcTime to{}; ///< Exclusive.
};

class Builder {
public:
    Builder(Transaction& transaction, Soc2Evidence& evidence, const Period& period)
        : m_transaction(transaction)
        , m_evidence(evidence)
        , m_period(period)
    {
    }

    Result<void> addRow(const Json& criterion)
    {
        auto& bundle = m_evidence.bundle;
        report::Soc2Row row;
        row.criterion = stringMember(criterion, "criterion");
        row.shortText = stringMember(criterion, "short");
        row.periodStart = bundle.compliancePeriodStart;
        row.periodEnd = bundle.compliancePeriodEnd;
        for (const auto& objective : bundle.controlObjectives) {
            if (objective.criterion == row.criterion) {
                addObjective(row, objective);
            }
        }
        const auto* population = findSoc2Population(stringMember(criterion, "population"));
        if (population == nullptr) {
            row.populationQuery = "not recorded by this system";
            row.exception = "The log holds no record of it: evidence has to come from elsewhere.";
        } else {
            EXHIBIT_CHECK(fill(row, *population));
        }
        bundle.rows.push_back(std::move(row));
        return {};
    }

    /// What the keys that the bundle names are called.
    void addKeyLabels()
    {
        auto& bundle = m_evidence.bundle;
        std::set<std::string> named{bundle.exportedBy, bundle.statementBy.value_or("")};
        for (const auto& row : bundle.rows) {
            named.insert(row.performers.begin(), row.performers.end());
        }
        for (const auto& key : named) {
            if (const auto label = m_labels.find(key); label != m_labels.end()) {
                bundle.keyLabels.push_back({key, label->second});
            }
        }
    }

    Result<void> readLabels()
    {
        EXHIBIT_TRY(m_labels, readKeyLabels(m_transaction));
        return {};
    }

    /// Every log of the period: after a loss another takes over, and numbers begin again.
    Result<void> addLog()
    {
        auto& log = m_evidence.bundle.log;
        EXHIBIT_TRY(const Rows rows,
                    m_transaction.query(
                        "SELECT c.epoch, coalesce(h.origin, ''), count(*), min(c.sequence_number),"
                        " max(c.sequence_number), h.next_seq FROM incident_log_chain c"
                        " LEFT JOIN ledger_heads h ON h.tenant_id = c.tenant_id"
                        "  AND h.epoch = c.epoch WHERE c.tenant_id = $1 AND c.created_at >= $2"
                        " AND c.created_at < $3 GROUP BY c.epoch, h.origin, h.next_seq"
                        " ORDER BY c.epoch",
                        {m_transaction.tenant(), m_period.from, m_period.to}));
        log.contiguous = true;
        for (std::size_t row = 0; row < rows.size(); ++row) {
            report::Soc2Epoch epoch{rows.integer(row, 0),
                                    std::string(rows.text(row, 1)),
                                    rows.integer(row, 2),
                                    rows.integer(row, 3),
                                    rows.integer(row, 4)};
            // Between two logs of a period neither the end of one nor the start of the next is
            // lost.
            const bool whole = (row == 0 || epoch.first == 0)
                && (row + 1 == rows.size() || epoch.last + 1 == rows.integer(row, 5));
            epoch.contiguous = whole && epoch.entries == epoch.last - epoch.first + 1;
            EXHIBIT_CHECK(addCheckpoint(epoch));
            log.entries += epoch.entries;
            log.contiguous = log.contiguous && epoch.contiguous;
            log.epochs.push_back(std::move(epoch));
        }
        return addNewestHead();
    }

private:
    Result<void> addCheckpoint(report::Soc2Epoch& epoch)
    {
        EXHIBIT_TRY(
            const auto checkpoint,
            readCheckpoint(m_transaction, static_cast<std::int32_t>(epoch.epoch), INT64_MAX));
        if (checkpoint) {
            epoch.treeSize = static_cast<std::int64_t>(checkpoint->head.size);
            epoch.root = toBase64(asView(checkpoint->head.root));
        }
        return {};
    }

    Result<void> addNewestHead()
    {
        auto& log = m_evidence.bundle.log;
        EXHIBIT_TRY(const auto head, readHead(m_transaction));
        if (!head) {
            return {};
        }
        report::Soc2Epoch newest;
        newest.epoch = head->epoch;
        EXHIBIT_CHECK(addCheckpoint(newest));
        log.origin = head->origin;
        log.treeSize = newest.treeSize;
        log.root = newest.root;
        return {};
    }

    /// A criterion can have several controls.
    static void addObjective(report::Soc2Row& row, const report::ControlObjective& objective)
    {
        const auto join = [](std::string& all, const std::string& one) {
            all += (all.empty() || one.empty() ? "" : "; ") + one;
        };
        join(row.controlId, objective.controlId);
        join(row.objective, objective.objective);
        if (objective.reviewer) {
            row.reviewer = row.reviewer.value_or("");
            join(*row.reviewer, *objective.reviewer);
        }
    }

    Result<void> fill(report::Soc2Row& row, const Soc2Population& population)
    {
        row.populationQuery = population.words;
        std::string sql = population.sql;
        for (const auto& records : population.records) {
            sql += (sql.empty() ? "" : " UNION ALL ") + recordsSql(records.kind);
        }
        EXHIBIT_TRY(
            const Rows rows,
            m_transaction.query(sql + " ORDER BY 2, 1 LIMIT " + std::to_string(kPopulationMax + 1),
                                {m_transaction.tenant(), m_period.from, m_period.to}));
        if (rows.size() > static_cast<std::size_t>(kPopulationMax)) {
            return fail(ErrorCode::TooLarge,
                        "a population of the period has more than 200,000 members",
                        row.criterion);
        }
        Bytes listing;
        std::set<std::string> performers;
        for (std::size_t i = 0; i < rows.size(); ++i) {
            performers.emplace(rows.text(i, 2));
            listing += printJson(memberOf(rows, i, row)) + "\n";
            row.populationCount += rows.integer(i, 5);
        }
        for (std::size_t i = 0; i < std::min(kSamples, rows.size()); ++i) {
            row.sampleIds.push_back(idOf(rows, i * rows.size() / std::min(kSamples, rows.size())));
        }
        for (const auto& performer : performers) {
            if (row.performers.size() < kPerformersMax) {
                row.performers.push_back(performer);
            }
        }
        row.morePerformers = static_cast<std::int64_t>(performers.size() - row.performers.size());
        row.evidenceFile = row.criterion + ".ndjson";
        row.evidenceSha256 = sha256(listing);
        m_evidence.listings.insert_or_assign(row.evidenceFile, std::move(listing));
        return addGaps(row, population);
    }

    /// A line of the listing; the row names the newest entry of all its members.
    JsonObject memberOf(const Rows& rows, std::size_t at, report::Soc2Row& row) const
    {
        const std::string performer(rows.text(at, 2));
        JsonObject member{
            {"id", idOf(rows, at)}, {"at", formatTime(rows.time(at, 1))}, {"performer", performer}};
        if (const auto label = m_labels.find(performer); label != m_labels.end()) {
            member.emplace("performer_label", label->second);
        }
        const std::string_view entry = rows.text(at, 3);
        if (const auto colon = entry.find(':'); colon != entry.npos) {
            const auto epoch = numberOf(entry.substr(0, colon));
            const auto number = numberOf(entry.substr(colon + 1));
            member.emplace("entry_epoch", epoch);
            member.emplace("entry_seq", number);
            if (std::pair(epoch, number)
                > std::pair(row.entryEpoch.value_or(0), row.entrySeq.value_or(-1))) {
                row.entryEpoch = epoch;
                row.entrySeq = number;
            }
        }
        member.emplace("details", rows.json(at, 4));
        return member;
    }

    static std::int64_t numberOf(std::string_view text)
    {
        std::int64_t number = 0;
        std::from_chars(text.data(), text.data() + text.size(), number);
        return number;
    }

    static std::string gapInWords(std::string_view words, std::int64_t count)
    {
        const auto bar = words.find('|');
        return std::to_string(count) + " "
            + std::string(count == 1 ? words.substr(0, bar) : words.substr(bar + 1)) + ".";
    }

    static void addException(report::Soc2Row& row, std::string_view words)
    {
        row.exception += row.exception.empty() ? "" : " ";
        row.exception += words;
    }

    Result<void> addGaps(report::Soc2Row& row, const Soc2Population& population)
    {
        row.limitation = population.limitation;
        const std::vector<Parameter> period{m_transaction.tenant(), m_period.from, m_period.to};
        for (const auto& records : population.records) {
            EXHIBIT_TRY(
                const Rows rows,
                m_transaction.query("SELECT EXISTS (" + recordsSql(records.kind) + ")", period));
            if (!rows.boolean(0, 0)) {
                addException(row, records.noneWords);
            }
        }
        if (population.gapSql.empty()) {
            return {};
        }
        EXHIBIT_TRY(const Rows rows, m_transaction.query(population.gapSql, period));
        if (const auto count = rows.integer(0, 0); count > 0) {
            addException(row, gapInWords(population.gapWords, count));
        }
        return {};
    }

    static std::string idOf(const Rows& rows, std::size_t row)
    {
        const std::string prefix(rows.text(row, 6));
        return prefix.empty() ? std::string(rows.text(row, 0))
                              : prefix + rows.uuid(row, 0).base32();
    }

    Transaction& m_transaction;
    Soc2Evidence& m_evidence;
    const Period& m_period;
    std::map<std::string, std::string> m_labels; ///< By the key's id.
};

void addStatement(report::Soc2Bundle& bundle,
                  const std::optional<report::Entered<report::ComplianceStatement>>& entered)
{
    if (!entered) {
        return;
    }
    const auto& statement = entered->value;
    if (bundle.compliancePeriodStart.empty()) {
        bundle.compliancePeriodStart = statement.periodStart;
        bundle.compliancePeriodEnd = statement.periodEnd;
    }
    bundle.controlObjectives = statement.controlObjectives;
    bundle.auditorNotes = statement.auditorNotes;
    bundle.statementVersion = entered->version;
    bundle.statementBy = entered->enteredBy;
    bundle.attestationStatement = statement.attestationStatement;
}

Result<Period> periodOf(const report::Soc2Bundle& bundle)
{
    if (bundle.compliancePeriodStart.empty()) {
        return fail(ErrorCode::InvalidInput,
                    "no period is given, and none is stated at /api/v1/compliance/statement",
                    "/period_start");
    }
    EXHIBIT_TRY(const auto from, report::parseDay(bundle.compliancePeriodStart, "/period_start"));
    EXHIBIT_TRY(const auto last, report::parseDay(bundle.compliancePeriodEnd, "/period_end"));
    if (last < from) {
        return fail(ErrorCode::InvalidInput, "the period ends before it starts", "/period_end");
    }
    return Period{from, last + std::chrono::days(1)};
}

/// What is known before anything is counted.
Result<report::Soc2Bundle> beginBundle(Database& database,
                                       TenantId tenant,
                                       const Soc2Request& request,
                                       Deadline deadline)
{
    report::Soc2Bundle bundle;
    bundle.bundleId = request.bundleId;
    bundle.createdAt = request.createdAt;
    bundle.exportedBy = request.exportedBy;
    bundle.exportReason = request.reason;
    bundle.tenantId = tenant;
    bundle.compliancePeriodStart = request.periodStart;
    bundle.compliancePeriodEnd = request.periodEnd;
    // A statement speaks for its own period alone: the newest of that period counts.
    EXHIBIT_TRY(const auto statement,
                EnteredStore(database, tenant)
                    .compliance({request.periodStart, request.periodEnd}, deadline));
    addStatement(bundle, statement);
    return bundle;
}

} // namespace

Result<bool> hasMoreEntries(Database& database,
                            TenantId tenant,
                            const Soc2Request& request,
                            std::int64_t entries,
                            Deadline deadline)
{
    EXHIBIT_TRY(const auto bundle, beginBundle(database, tenant, request, deadline));
    EXHIBIT_TRY(const auto period, periodOf(bundle));
    return database.read(tenant, deadline, [&](Transaction& transaction) -> Result<bool> {
        EXHIBIT_TRY(const Rows rows,
                    transaction.query("SELECT count(*) FROM (SELECT FROM incident_log_chain"
                                      " WHERE tenant_id = $1 AND created_at >= $2"
                                      " AND created_at < $3 LIMIT $4) e",
                                      {transaction.tenant(), period.from, period.to, entries + 1}));
        return rows.integer(0, 0) > entries;
    });
}

Result<Soc2Evidence> readSoc2(Database& database,
                              TenantId tenant,
                              const Soc2Request& request,
                              Deadline deadline)
{
    Soc2Evidence evidence;
    auto& bundle = evidence.bundle;
    EXHIBIT_TRY(bundle, beginBundle(database, tenant, request, deadline));
    EXHIBIT_TRY(const auto period, periodOf(bundle));
    EXHIBIT_TRY(const Json criteria, readMapping("soc2_criteria.json"));
    bundle.criteriaSource = stringMember(criteria, "source");
    EXHIBIT_CHECK(database.read(tenant, deadline, [&](Transaction& transaction) -> Result<void> {
        EXHIBIT_TRY(const Rows rows,
                    transaction.query("SELECT coalesce(nullif(title, ''), slug) FROM tenants"
                                      " WHERE tenant_id = $1",
                                      {transaction.tenant()}));
        bundle.tenantName = rows.empty() ? "" : std::string(rows.text(0, 0));
        Builder builder(transaction, evidence, period);
        EXHIBIT_CHECK(builder.readLabels());
        EXHIBIT_CHECK(builder.addLog());
        for (const auto& criterion : criteria.at("criteria").as_array()) {
            EXHIBIT_CHECK(builder.addRow(criterion));
        }
        builder.addKeyLabels();
        return {};
    }));
    return evidence;
}

} // namespace exhibit::storage
