// SPDX-License-Identifier: Apache-2.0
// ./dev bench search [INCIDENTS]: query shapes, the worst included, facets, the histogram and a
// long timeline, over a database of its own. ./dev bench search --large [CALLS [INCIDENTS]] adds a
// search over calls. Prints p50, p95 and the largest of 200 samples each, 20 of counts.
#include "models/query/query.h"
#include "server/storage/call_store.h"
#include "server/storage/incident_counts.h"
#include "server/storage/incident_store.h"
#include "tests/bench/call_corpus.h"
#include "tests/bench/search_corpus.h"
#include "tests/bench/search_measure.h"
#include "tests/server/storage/test_database.h"

#include <fmt/format.h>

#include <cstring>
#include <iostream>
#include <limits>

namespace exhibit::bench {
namespace {

using namespace std::chrono_literals;

constexpr int kCountSamples = 20;
constexpr double kPageMs = 50;
constexpr double kCountMs = 100;
constexpr double kNoBar = std::numeric_limits<double>::infinity();

struct Options {
    CorpusOptions corpus;
    std::int64_t calls = 0; ///< 0: none are searched.
};

Result<query::Query> queryOf(const Shape& shape, int sample)
{
    auto query = query::parse(shape.query(sample));
    if (!query) {
        return fail(ErrorCode::InvalidInput, query.error().message, shape.name);
    }
    return *std::move(query);
}

/// The pages of a store by shape, newest first, and one in the middle of time.
template <class Store, class Search, class Position>
Result<void> measurePages(Store& store,
                          TenantId tenant,
                          const std::vector<Shape>& shapes,
                          Search blank,
                          const Position& middle)
{
    for (const auto& shape : shapes) {
        std::int64_t hits = 0;
        EXHIBIT_TRY(auto times, measure(kSamples, [&](int i) -> Result<void> {
                        Search search = blank;
                        EXHIBIT_TRY(search.query, queryOf(shape, i));
                        EXHIBIT_TRY(const auto page,
                                    store.search(tenant, search, Deadline::after(60s)));
                        hits += page.total.count;
                        return {};
                    }));
        times.print(shape.name, fmt::format("{} hits on average", hits / kSamples), kPageMs);
    }
    EXHIBIT_TRY(auto times, measure(kSamples, [&](int i) -> Result<void> {
                    Search search = blank;
                    EXHIBIT_TRY(search.query, queryOf(shapes[1], i));
                    search.after = middle;
                    search.total = storage::SearchTotal{1'000'000, true};
                    EXHIBIT_CHECK(store.search(tenant, search, Deadline::after(60s)));
                    return {};
                }));
    times.print("a frequent word's page, 45 days ago", "by cursor", kPageMs);
    return {};
}

Result<void> measureCounts(storage::Database& database,
                           TenantId tenant,
                           const std::vector<Shape>& shapes)
{
    storage::IncidentCounts counts(database);
    const std::vector<std::string> fields{"severity", "policy", "status", "model", "user"};
    printHeading("facets and histogram");
    for (const auto& shape : shapes) {
        EXHIBIT_TRY(auto facets, measure(kCountSamples, [&](int i) -> Result<void> {
                        storage::IncidentSearch search;
                        EXHIBIT_TRY(search.query, queryOf(shape, i));
                        EXHIBIT_CHECK(
                            counts.facets(tenant, search, fields, 8, Deadline::after(60s)));
                        return {};
                    }));
        facets.print(shape.name, "five facets", kCountMs);
        // As the console asks: what is drawn at once, and the exact bars that follow where that is
        // not.
        for (const bool mayEstimate : {true, false}) {
            EXHIBIT_TRY(auto bars, measure(kCountSamples, [&](int i) -> Result<void> {
                            storage::IncidentSearch search;
                            EXHIBIT_TRY(search.query, queryOf(shape, i));
                            EXHIBIT_CHECK(counts.histogram(
                                tenant, search, 120, mayEstimate, Deadline::after(60s)));
                            return {};
                        }));
            bars.print(shape.name,
                       mayEstimate ? "histogram" : "exact histogram",
                       mayEstimate ? kCountMs : kNoBar);
        }
    }
    return {};
}

Result<void> measureTimeline(storage::IncidentStore& store, TenantId tenant, IncidentId incident)
{
    std::size_t events = 0;
    EXHIBIT_TRY(auto times, measure(30, [&](int) -> Result<void> {
                    EXHIBIT_TRY(const auto timeline,
                                store.timeline(tenant, incident, Deadline::after(60s)));
                    events = timeline.events.size();
                    return {};
                }));
    times.print("timeline", fmt::format("{} steps", events), kCountMs);
    return {};
}

Result<void> measureIncidents(storage::TestDatabase& server,
                              TenantId tenant,
                              const Options& options)
{
    const auto start = std::chrono::steady_clock::now();
    EXHIBIT_TRY(const auto corpus, writeCorpus(*server.administrator(), tenant, options.corpus));
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
    std::cout << fmt::format(
        "{} incidents written in {:.0f} s\n", options.corpus.incidents, took.count());
    auto shapes = commonShapes();
    shapes.push_back({"cost and latency beyond, rare", [](int i) {
                          return fmt::format("cost:>0.99 latency:>4900ms status:open user:user-{}",
                                             i);
                      }});
    storage::IncidentStore store(server.database());
    printHeading("incidents");
    EXHIBIT_CHECK(measurePages(store,
                               tenant,
                               shapes,
                               storage::IncidentSearch{},
                               storage::SearchPosition{utcNow() - 24h * 45, {}}));
    EXHIBIT_CHECK(measureTimeline(store, tenant, corpus.longIncident));
    return measureCounts(server.database(), tenant, shapes);
}

Result<void> measureCalls(storage::TestDatabase& server, TenantId tenant, const Options& options)
{
    const auto start = std::chrono::steady_clock::now();
    EXHIBIT_TRY(const auto bytes, writeCalls(server, tenant, options.calls));
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
    std::cout << fmt::format("\n{} calls written in {:.0f} s, {:.1f} GB with their indexes\n",
                             options.calls,
                             took.count(),
                             static_cast<double>(bytes) / 1e9);
    auto shapes = commonShapes();
    shapes.push_back({"the expensive ones",
                      [](int i) { return fmt::format("cost:>{:.6f}", 0.9995 + i * 1e-6); }});
    shapes.push_back({"slow ones with a word", [](int i) {
                          return "latency:>4900ms " + wordOfRank(static_cast<std::size_t>(50 + i));
                      }});
    storage::CallStore store(server.database());
    printHeading("calls");
    return measurePages(store,
                        tenant,
                        shapes,
                        storage::CallSearch{},
                        storage::CallPosition{utcNow() - 24h * 45, {}});
}

Result<void> run(const Options& options)
{
    auto& server = storage::TestDatabase::instance();
    const auto tenant = server.newTenant();
    if (options.calls > 0) {
        EXHIBIT_CHECK(measureCalls(server, tenant.id, options));
    }
    return measureIncidents(server, tenant.id, options);
}

Options optionsOf(int argc, char** argv)
{
    Options options;
    const bool large = argc > 1 && std::strcmp(argv[1], "--large") == 0;
    const auto number = [argc, argv](int at, std::int64_t otherwise) {
        return argc > at ? std::max<std::int64_t>(1000, std::atoll(argv[at])) : otherwise;
    };
    options.calls = large ? number(2, 1'000'000) : 0;
    options.corpus.incidents = number(large ? 3 : 1, options.corpus.incidents);
    return options;
}

} // namespace
} // namespace exhibit::bench

int main(int argc, char** argv)
{
    const auto done = exhibit::bench::run(exhibit::bench::optionsOf(argc, argv));
    if (!done) {
        std::cerr << "bench_search: " << done.error().message << " (" << done.error().subject
                  << ")\n";
        return 3;
    }
    return 0;
}
