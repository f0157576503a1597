// SPDX-License-Identifier: Apache-2.0
#include "server/ops/metrics.h"

#include <gtest/gtest.h>

#include <cmath>

namespace exhibit::ops {
namespace {

TEST(Metrics, countersWithOneNameAreOneCounter)
{
    Metrics metrics;
    metrics.counter("cai_authn_failures", "Refused keys.").add();
    metrics.counter("cai_authn_failures", "Refused keys.").add(2);
    EXPECT_NE(metrics.expose().find("\ncai_authn_failures 3\n"), std::string::npos)
        << metrics.expose();
}

TEST(Metrics, labelsMakeSeriesOfOneFamily)
{
    Metrics metrics;
    metrics.gauge(
        "exhibit_invariant_ok", "Holds.", [] { return 1.0; }, "id=\"INV-1\"");
    metrics.gauge(
        "exhibit_invariant_ok", "Holds.", [] { return 0.0; }, "id=\"INV-2\"");
    EXPECT_EQ(metrics.expose(),
              "# HELP exhibit_invariant_ok Holds.\n# TYPE exhibit_invariant_ok gauge\n"
              "exhibit_invariant_ok{id=\"INV-1\"} 1\nexhibit_invariant_ok{id=\"INV-2\"} 0\n");
}

TEST(Metrics, whatIsNotKnownYetIsNotANumber)
{
    Metrics metrics;
    metrics.gauge("exhibit_trace_completeness", "Whole.", [] { return std::nan(""); });
    EXPECT_NE(metrics.expose().find("\nexhibit_trace_completeness NaN\n"), std::string::npos);
}

TEST(Metrics, histogramBucketsAreCumulative)
{
    Metrics metrics;
    auto& histogram = metrics.histogram("exhibit_search_seconds", "Searches.", {0.01, 0.1});
    histogram.observe(0.005);
    histogram.observe(0.05);
    histogram.observe(5);
    const std::string text = metrics.expose();
    EXPECT_NE(text.find("_bucket{le=\"0.01\"} 1\n"), std::string::npos) << text;
    EXPECT_NE(text.find("_bucket{le=\"0.1\"} 2\n"), std::string::npos) << text;
    EXPECT_NE(text.find("_bucket{le=\"+Inf\"} 3\n"), std::string::npos) << text;
    EXPECT_NE(text.find("_count 3\n"), std::string::npos) << text;
    EXPECT_NE(text.find("_sum 5.055\n"), std::string::npos) << text;
}

} // namespace
} // namespace exhibit::ops
