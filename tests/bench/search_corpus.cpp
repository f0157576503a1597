// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/search_corpus.h"

#include "server/storage/incident_store_words.h"

#include <cmath>

namespace exhibit::bench {
namespace {

using namespace std::chrono_literals;
using storage::FilterLexeme;
using storage::Parameter;
using storage::Parameters;

constexpr std::size_t kVocabulary = 20'000;
constexpr std::size_t kWordsPerIncident = 80;
constexpr std::int64_t kRowsPerStatement = 250;
constexpr auto kSpread = std::chrono::hours(24 * 90);
constexpr const char* kSeverities[] = {"critical", "high", "medium", "low"};
constexpr const char* kStatuses[] = {"open", "investigating", "contained", "resolved"};
constexpr const char* kPolicies[] = {
    "CONTENT_ACCURACY", "PII_OUTPUT", "PROMPT_INJECTION", "BUDGET", "TOOL_SAFETY", "SECRET_OUTPUT"};
constexpr const char* kModels[] = {"gpt-4o", "gpt-4o-mini", "gpt-4.1-mini"};

std::string placeholders(std::size_t rows, const std::vector<std::string>& columns)
{
    std::string text;
    std::size_t next = 1;
    for (std::size_t row = 0; row < rows; ++row) {
        text += row == 0 ? "(" : ",(";
        for (std::size_t i = 0; i < columns.size(); ++i) {
            text += i == 0 ? "" : ",";
            for (const char c : columns[i]) {
                text += c == '?' ? "$" + std::to_string(next++) : std::string(1, c);
            }
        }
        text += ")";
    }
    return text;
}

struct Batch {
    Parameters incidents;
    Parameters search;
    std::size_t rows = 0;
};

void addIncident(Batch& batch, TenantId tenant, ZipfWords& words, UtcTime createdAt)
{
    const auto incident = IncidentId::generate();
    const auto run = RunId::generate();
    const std::string user = "user-" + std::to_string(words.below(5000));
    const std::string session = "session-" + std::to_string(words.below(50'000));
    const std::string severity = kSeverities[words.below(4)];
    const std::string status = kStatuses[words.below(4)];
    const std::string policy = kPolicies[words.below(6)];
    const std::string model = kModels[words.below(3)];
    const std::string text = words.text(kWordsPerIncident);
    const std::vector<std::string> lexemes = {lexeme(FilterLexeme::Tenant, tenant.text()),
                                              lexeme(FilterLexeme::User, user),
                                              lexeme(FilterLexeme::Session, session),
                                              lexeme(FilterLexeme::Run, run.text()),
                                              lexeme(FilterLexeme::Policy, policy),
                                              lexeme(FilterLexeme::Severity, severity),
                                              lexeme(FilterLexeme::Model, model)};
    const auto cost = static_cast<std::int64_t>(words.below(100'000'000));
    const auto latency = static_cast<std::int64_t>(words.below(5'000'000));
    for (Parameter value : Parameters{tenant,
                                      incident,
                                      run,
                                      CallId::generate(),
                                      user,
                                      session,
                                      model,
                                      severity,
                                      policy,
                                      status,
                                      text.substr(0, 60),
                                      text,
                                      cost,
                                      latency,
                                      createdAt}) {
        batch.incidents.push_back(std::move(value));
    }
    for (Parameter value : Parameters{
             tenant, createdAt, incident, status, cost, latency, text, Parameter::array(lexemes)}) {
        batch.search.push_back(std::move(value));
    }
    ++batch.rows;
}

Result<void> write(storage::Connection& connection, const Batch& batch)
{
    const std::vector<std::string> plain(15, "?");
    EXHIBIT_CHECK(connection.query("INSERT INTO exhibit.incidents (tenant_id, incident_id, run_id, "
                                   "call_id, user_id, session_id,"
                                   " model, severity, policy_id, status, title, excerpt, "
                                   "cost_microcents, latency_us, created_at)"
                                   " VALUES "
                                       + placeholders(batch.rows, plain),
                                   batch.incidents,
                                   Deadline::after(60s)));
    EXHIBIT_CHECK(connection.query(
        "INSERT INTO exhibit.incident_search (tenant_id, created_at, incident_id, status,"
        " cost_microcents, latency_us, tsv) VALUES "
            + placeholders(batch.rows,
                           {"?",
                            "?",
                            "?",
                            "?",
                            "?",
                            "?",
                            "to_tsvector('exhibit.exhibit_text'::regconfig, ?::text)"
                            " || array_to_tsvector(?::text[])"}),
        batch.search,
        Deadline::after(60s)));
    return {};
}

Result<IncidentId> writeLongRun(storage::Connection& connection,
                                TenantId tenant,
                                std::int64_t steps)
{
    const auto incident = IncidentId::generate();
    const auto run = RunId::generate();
    EXHIBIT_CHECK(connection.query(
        "INSERT INTO exhibit.incidents (tenant_id, incident_id, run_id, call_id, model, severity,"
        " policy_id, status, title, excerpt, cost_microcents, latency_us, created_at) VALUES ($1, "
        "$2,"
        " $3, $4, 'gpt-4o', 'high', 'BUDGET', 'open', 'a long run', '', 0, 0, now())",
        {tenant, incident, run, CallId::generate()},
        Deadline::after(10s)));
    EXHIBIT_CHECK(connection.query(
        "INSERT INTO exhibit.steps (tenant_id, run_id, step_index, at, step_type, status, data)"
        " SELECT $1, $2, i, now() + i * interval '1 ms', 'llm_call', 'ok',"
        " jsonb_build_object('model', 'gpt-4o', 'latency_us', i)"
        " FROM generate_series(0, $3::bigint - 1) i",
        {tenant, run, steps},
        Deadline::after(60s)));
    return incident;
}

} // namespace

std::string ZipfWords::text(std::size_t words)
{
    std::string text;
    for (std::size_t i = 0; i < words; ++i) {
        const double u = m_uniform(m_random);
        const double rank = std::pow(static_cast<double>(kVocabulary), u) - 1;
        text += wordOfRank(static_cast<std::size_t>(rank));
        text += i % 12 == 11 ? ". " : " ";
    }
    return text;
}

std::string wordOfRank(std::size_t rank)
{
    // Pronounceable, different for every rank, longer for the rarer ones.
    constexpr std::string_view kOnsets = "bdfgklmnprstvz";
    constexpr std::string_view kVowels = "aeiou";
    std::string word;
    for (std::size_t left = rank + 1; left > 0 || word.size() < 4; left /= 70) {
        word += kOnsets[left % 14];
        word += kVowels[left / 14 % 5];
    }
    return word;
}

Result<Corpus> writeCorpus(storage::Connection& administrator,
                           TenantId tenant,
                           const CorpusOptions& options)
{
    ZipfWords words;
    const UtcTime first = utcNow() - kSpread;
    for (std::int64_t done = 0; done < options.incidents;) {
        Batch batch;
        for (std::int64_t i = 0; i < kRowsPerStatement && done < options.incidents; ++i, ++done) {
            addIncident(batch, tenant, words, first + kSpread * done / options.incidents);
        }
        EXHIBIT_CHECK(write(administrator, batch));
    }
    EXHIBIT_TRY(const auto incident, writeLongRun(administrator, tenant, options.timelineSteps));
    EXHIBIT_CHECK(administrator.script("VACUUM (ANALYZE)", Deadline::after(300s)));
    return Corpus{incident};
}

} // namespace exhibit::bench
