// SPDX-License-Identifier: Apache-2.0
// The names of api.md whose source exists, as a scrape of a real server sees them.
#include "tests/support/exhibitd_process.h"
#include "tests/support/temp_dir.h"

#include <gtest/gtest.h>

#include <thread>

namespace exhibit {
namespace {

using namespace std::chrono_literals;

TEST(Metrics, haveTheNamesOfTheContractAndTheInvariantsThatCanBeSeen)
{
    const test::TempDir folder;
    const auto server = test::Exhibitd::start({.dataDir = folder.path()});
    ASSERT_TRUE(server) << server.error().message;
    const auto scrape = [&server] {
        const auto reply = server->request("GET", "/metrics");
        return reply ? reply->body : Bytes();
    };
    // The database's walls are looked at soon after the start.
    const auto deadline = Deadline::after(30s);
    while (scrape().find("INV-7\"} NaN") != std::string::npos && !deadline.reached()) {
        std::this_thread::sleep_for(20ms);
    }
    const auto text = scrape();
    for (const char* name : {"cai_authn_failures",
                             "cai_authz_denials",
                             "cai_policy_violations",
                             "exhibit_call_added_latency_seconds",
                             "exhibit_time_to_first_event_seconds",
                             "exhibit_search_seconds",
                             "exhibit_trace_completeness",
                             "exhibit_spool_waiting",
                             "exhibit_ingest_lag_seconds",
                             "exhibit_call_search_seconds",
                             "exhibit_index_lag_seconds",
                             "exhibit_invariant_ok"}) {
        const auto type = "# TYPE " + std::string(name) + ' ';
        const auto at = text.find(type);
        EXPECT_NE(at, std::string::npos) << name;
        EXPECT_EQ(text.find(type, at + 1), std::string::npos) << name << " stands there once";
    }
    for (const char* id : {"INV-1", "INV-5", "INV-7", "INV-8"}) {
        const auto line = "exhibit_invariant_ok{id=\"" + std::string(id) + "\"} 1\n";
        EXPECT_NE(text.find(line), std::string::npos) << line << text;
    }
}

} // namespace
} // namespace exhibit
