// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace exhibit::ops {

/// Counts up. Any thread.
class Counter {
public:
    void add(std::uint64_t count = 1) { m_value.fetch_add(count, std::memory_order_relaxed); }
    [[nodiscard]] std::uint64_t value() const { return m_value.load(std::memory_order_relaxed); }

private:
    std::atomic<std::uint64_t> m_value{0};
};

/// Fixed buckets in seconds, as Prometheus reads them. Any thread.
class Histogram {
public:
    explicit Histogram(std::vector<double> upperBounds);
    void observe(double seconds);

    std::vector<double> upperBounds;
    std::vector<std::atomic<std::uint64_t>> counts; ///< One more than bounds: the last is +Inf.
    std::atomic<std::uint64_t> sumMicroseconds{0};
};

/// All metrics of the process; names are the contract of api.md. Labels never carry tenant content
/// or user ids. Registration before serving; reading from any thread.
class Metrics {
public:
    /// The counter of that name and labels; parts that count the same thing share one.
    Counter& counter(std::string name, std::string help, std::string labels = {});
    Histogram& histogram(std::string name, std::string help, std::vector<double> upperBounds);
    /// `read` is called at each scrape, on the scraping thread.
    void gauge(std::string name,
               std::string help,
               std::function<double()> read,
               std::string labels = {});

    /// Prometheus text exposition format 0.0.4.
    [[nodiscard]] std::string expose() const;

private:
    struct Entry {
        std::string name;
        std::string help;
        std::string labels; ///< e.g. id="INV-1"
        std::unique_ptr<Counter> counter;
        std::unique_ptr<Histogram> histogram;
        std::function<double()> read;
    };
    std::vector<std::unique_ptr<Entry>> m_entries;
};

} // namespace exhibit::ops
