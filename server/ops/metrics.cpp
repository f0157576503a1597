// SPDX-License-Identifier: Apache-2.0
#include "server/ops/metrics.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace exhibit::ops {
namespace {

std::string sample(std::string_view name, std::string_view labels, std::string_view value)
{
    return labels.empty() ? fmt::format("{} {}\n", name, value)
                          : fmt::format("{}{{{}}} {}\n", name, labels, value);
}

std::string exposeHistogram(std::string_view name, const Histogram& histogram)
{
    std::string text;
    std::uint64_t cumulative = 0;
    for (std::size_t i = 0; i < histogram.counts.size(); ++i) {
        cumulative += histogram.counts[i].load(std::memory_order_relaxed);
        const std::string bound = i < histogram.upperBounds.size()
            ? fmt::format("le=\"{}\"", histogram.upperBounds[i])
            : std::string("le=\"+Inf\"");
        text += sample(fmt::format("{}_bucket", name), bound, std::to_string(cumulative));
    }
    const double sum = static_cast<double>(histogram.sumMicroseconds.load()) / 1e6;
    text += sample(fmt::format("{}_sum", name), {}, fmt::format("{}", sum));
    text += sample(fmt::format("{}_count", name), {}, std::to_string(cumulative));
    return text;
}

} // namespace

Histogram::Histogram(std::vector<double> bounds)
    : upperBounds(std::move(bounds))
    , counts(upperBounds.size() + 1)
{
}

void Histogram::observe(double seconds)
{
    const auto bound = std::lower_bound(upperBounds.begin(), upperBounds.end(), seconds);
    counts[static_cast<std::size_t>(bound - upperBounds.begin())].fetch_add(
        1, std::memory_order_relaxed);
    sumMicroseconds.fetch_add(static_cast<std::uint64_t>(std::max(0.0, seconds) * 1e6),
                              std::memory_order_relaxed);
}

Counter& Metrics::counter(std::string name, std::string help, std::string labels)
{
    for (const auto& entry : m_entries) {
        if (entry->counter && entry->name == name && entry->labels == labels) {
            return *entry->counter;
        }
    }
    auto entry = std::make_unique<Entry>();
    entry->name = std::move(name);
    entry->help = std::move(help);
    entry->labels = std::move(labels);
    entry->counter = std::make_unique<Counter>();
    return *m_entries.emplace_back(std::move(entry))->counter;
}

Histogram& Metrics::histogram(std::string name, std::string help, std::vector<double> upperBounds)
{
    auto entry = std::make_unique<Entry>();
    entry->name = std::move(name);
    entry->help = std::move(help);
    entry->histogram = std::make_unique<Histogram>(std::move(upperBounds));
    return *m_entries.emplace_back(std::move(entry))->histogram;
}

void Metrics::gauge(std::string name,
                    std::string help,
                    std::function<double()> read,
                    std::string labels)
{
    auto entry = std::make_unique<Entry>();
    entry->name = std::move(name);
    entry->help = std::move(help);
    entry->labels = std::move(labels);
    entry->read = std::move(read);
    m_entries.push_back(std::move(entry));
}

std::string Metrics::expose() const
{
    std::string text;
    std::string_view family;
    for (const auto& entry : m_entries) {
        if (entry->name != family) {
            family = entry->name;
            const auto* type = entry->counter ? "counter"
                : entry->histogram            ? "histogram"
                                              : "gauge";
            text += fmt::format("# HELP {0} {1}\n# TYPE {0} {2}\n", family, entry->help, type);
        }
        if (entry->counter) {
            text += sample(family, entry->labels, std::to_string(entry->counter->value()));
        } else if (entry->histogram) {
            text += exposeHistogram(family, *entry->histogram);
        } else {
            const double value = entry->read();
            // What is not known yet is said to be unknown.
            text += sample(
                family, entry->labels, std::isnan(value) ? "NaN" : fmt::format("{}", value));
        }
    }
    return text;
}

} // namespace exhibit::ops
