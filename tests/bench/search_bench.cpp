// SPDX-License-Identifier: Apache-2.0
// ./dev bench search: ten query shapes, the worst included, and a long timeline, over a database of
// its own. Prints p50, p95 and the largest of 200 samples each.
#include "models/query/query.h"
#include "server/storage/incident_store.h"
#include "tests/bench/search_corpus.h"
#include "tests/server/storage/test_database.h"

#include <fmt/format.h>

#include <algorithm>
#include <iostream>

namespace exhibit::bench {
namespace {

using namespace std::chrono_literals;

constexpr int kSamples = 200;

struct Shape {
    std::string name;
    std::function<std::string(int)> query; ///< By sample, so that no answer is merely cached.
};

std::vector<Shape> shapes()
{
    const auto word = [](int base) {
        return [base](int i) { return wordOfRank(static_cast<std::size_t>(base + i)); };
    };
    return {
        {"no words, newest first", [](int) { return std::string(); }},
        {"one frequent word", word(0)},
        {"one rare word", word(15'000)},
        {"two words that rarely meet",
         [](int i) {
             return wordOfRank(static_cast<std::size_t>(9'000 + i)) + " "
                 + wordOfRank(static_cast<std::size_t>(12'000 + i));
         }},
        {"frequent word, another excluded",
         [](int i) { return wordOfRank(1) + " -" + wordOfRank(static_cast<std::size_t>(2 + i)); }},
        {"phrase of two frequent words",
         [](int i) {
             return "\"" + wordOfRank(static_cast<std::size_t>(i % 5)) + " "
                 + wordOfRank(static_cast<std::size_t>(i % 7)) + "\"";
         }},
        {"either of two words",
         [](int i) {
             return wordOfRank(static_cast<std::size_t>(500 + i)) + " or "
                 + wordOfRank(static_cast<std::size_t>(7'000 + i));
         }},
        {"a user's", [](int i) { return fmt::format("user:user-{}", i * 7); }},
        {"severity, policy and a word",
         [](int i) {
             return "severity:critical policy:BUDGET "
                 + wordOfRank(static_cast<std::size_t>(100 + i));
         }},
        {"cost and latency beyond, rare",
         [](int i) {
             return fmt::format("cost:>0.99 latency:>4900ms status:open user:user-{}", i);
         }},
    };
}

struct Times {
    std::vector<double> ms;
    void add(std::chrono::steady_clock::duration took)
    {
        ms.push_back(std::chrono::duration<double, std::milli>(took).count());
    }
    void print(const std::string& name, const std::string& note)
    {
        std::sort(ms.begin(), ms.end());
        std::cout << fmt::format("{:36}{:>9.1f}{:>9.1f}{:>9.1f}   {}\n",
                                 name,
                                 ms[ms.size() / 2],
                                 ms[ms.size() * 95 / 100],
                                 ms.back(),
                                 note)
                  << std::flush;
    }
};

Result<void> measureSearch(storage::IncidentStore& store, TenantId tenant, const Shape& shape)
{
    Times times;
    std::int64_t hits = 0;
    for (int i = 0; i < kSamples; ++i) {
        const auto query = query::parse(shape.query(i));
        if (!query) {
            return fail(ErrorCode::InvalidInput, query.error().message, shape.name);
        }
        storage::IncidentSearch search;
        search.query = *query;
        const auto start = std::chrono::steady_clock::now();
        EXHIBIT_TRY(const auto page, store.search(tenant, search, Deadline::after(60s)));
        times.add(std::chrono::steady_clock::now() - start);
        hits += page.total.count;
    }
    times.print(shape.name, fmt::format("{} hits on average", hits / kSamples));
    return {};
}

Result<void> measureTimeline(storage::IncidentStore& store, TenantId tenant, IncidentId incident)
{
    Times times;
    std::size_t events = 0;
    for (int i = 0; i < 30; ++i) {
        const auto start = std::chrono::steady_clock::now();
        EXHIBIT_TRY(const auto timeline, store.timeline(tenant, incident, Deadline::after(60s)));
        times.add(std::chrono::steady_clock::now() - start);
        events = timeline.events.size();
    }
    times.print("timeline", fmt::format("{} steps", events));
    return {};
}

Result<void> run(const CorpusOptions& options)
{
    auto& server = storage::TestDatabase::instance();
    const auto tenant = server.newTenant();
    const auto start = std::chrono::steady_clock::now();
    EXHIBIT_TRY(const auto corpus, writeCorpus(*server.administrator(), tenant.id, options));
    std::cout << fmt::format(
        "{} incidents written in {:.0f} s\n\n",
        options.incidents,
        std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
    std::cout << fmt::format("{:36}{:>9}{:>9}{:>9}\n", "milliseconds", "p50", "p95", "max");
    storage::IncidentStore store(server.database());
    for (const auto& shape : shapes()) {
        EXHIBIT_CHECK(measureSearch(store, tenant.id, shape));
    }
    return measureTimeline(store, tenant.id, corpus.longIncident);
}

} // namespace
} // namespace exhibit::bench

int main(int argc, char** argv)
{
    exhibit::bench::CorpusOptions options;
    if (argc > 1) {
        options.incidents = std::max(1000, std::atoi(argv[1]));
    }
    const auto done = exhibit::bench::run(options);
    if (!done) {
        std::cerr << "bench_search: " << done.error().message << " (" << done.error().subject
                  << ")\n";
        return 3;
    }
    return 0;
}
