// SPDX-License-Identifier: Apache-2.0
#include "models/scan/prefilter.h"

#include "models/scan/byte_rates.h"

#include <algorithm>
#include <bit>
#include <numeric>

namespace exhibit::scan {
namespace {

/// Bytes read behind a hit before the automaton has nothing live any more.
constexpr double kReadBehind = 12;

/// Per thousand bytes: English prose with some code, JSON and figures. What is not named is rare.
constexpr std::array<double, 256> byteRates()
{
    std::array<double, 256> rates{};
    for (std::size_t byte = 0; byte < 256; ++byte) {
        rates[byte] = byte < 32 ? 0.01 : byte < 127 ? 1.0 : 0.3;
    }
    constexpr std::string_view kLetters = "etaoinsrhldcumfpgwybvkxjqz";
    constexpr std::array<double, 26> kShares{95, 70, 62, 60, 56, 55, 50, 47, 43, 32, 30, 24, 22,
                                             19, 17, 17, 15, 15, 14, 11, 8,  6,  2,  1,  1,  1};
    for (std::size_t index = 0; index < kLetters.size(); ++index) {
        const auto letter = static_cast<unsigned char>(kLetters[index]);
        rates[letter] = kShares[index];
        rates[letter - 'a' + 'A'] = 0.3 + kShares[index] / 40;
    }
    for (std::size_t digit = '0'; digit <= '9'; ++digit) {
        rates[digit] = digit <= '2' ? 3 : 1.5;
    }
    rates[' '] = 160;
    rates['\n'] = 10;
    rates[','] = 9;
    rates['.'] = 9;
    rates['-'] = 4;
    rates['"'] = 6;
    rates[':'] = 3;
    rates['@'] = 0.1;
    return rates;
}

constexpr auto kRates = byteRates();

bool comesFirst(const Window& a, const Window& b)
{
    for (std::size_t place = 0; place < Window::kBytes; ++place) {
        const auto first = a.bytes[place]._Find_first();
        const auto second = b.bytes[place]._Find_first();
        if (first != second) {
            return first < second;
        }
    }
    return a.before < b.before;
}

/// Windows that are looked for as one.
struct Bucket {
    std::vector<Window> windows;
    Window all; ///< What any of them may have at each place.
    double rate = 0;
};

Window united(const Window& a, const Window& b)
{
    Window both = a;
    for (std::size_t place = 0; place < Window::kBytes; ++place) {
        both.bytes[place] |= b.bytes[place];
    }
    return both;
}

void unite(Bucket& bucket, const Bucket& other)
{
    bucket.windows.insert(bucket.windows.end(), other.windows.begin(), other.windows.end());
    bucket.all = united(bucket.all, other.all);
    bucket.rate = rateOf(bucket.all, Prefilter::kTestedBytes);
}

/// At most `count` buckets. Neighbours share bytes: those are united that make a bucket which
/// little else hits.
std::vector<Bucket> bucketsOf(std::vector<Window> windows, std::size_t count)
{
    std::sort(windows.begin(), windows.end(), comesFirst);
    std::vector<Bucket> buckets;
    for (auto& window : windows) {
        buckets.push_back({{window}, window, rateOf(window, Prefilter::kTestedBytes)});
    }
    const auto added = [&buckets](std::size_t first) {
        const auto& a = buckets[first];
        const auto& b = buckets[first + 1];
        return rateOf(united(a.all, b.all), Prefilter::kTestedBytes) - a.rate - b.rate;
    };
    std::vector<double> costs; // Of uniting a bucket with the next one.
    for (std::size_t index = 0; index + 1 < buckets.size(); ++index) {
        costs.push_back(added(index));
    }
    while (buckets.size() > count) {
        const auto least = std::min_element(costs.begin(), costs.end());
        const auto at = static_cast<std::size_t>(least - costs.begin());
        unite(buckets[at], buckets[at + 1]);
        buckets.erase(buckets.begin() + static_cast<std::ptrdiff_t>(at + 1));
        costs.erase(least);
        if (at > 0) {
            costs[at - 1] = added(at - 1);
        }
        if (at < costs.size()) {
            costs[at] = added(at);
        }
    }
    return buckets;
}

} // namespace

double rateOf(const Window& window, std::size_t places)
{
    double rate = 1;
    for (std::size_t place = 0; place < places; ++place) {
        double sum = 0;
        for (std::size_t byte = 0; byte < 256; ++byte) {
            sum += window.bytes[place][byte] ? kRates[byte] : 0;
        }
        rate *= std::min(1.0, sum / 1000);
    }
    return rate;
}

double readingCost(const Window& window)
{
    return rateOf(window, Window::kBytes) * (window.before + kReadBehind);
}

std::optional<Prefilter> Prefilter::build(std::vector<Window> windows, double costMax)
{
    const double cost = std::accumulate(
        windows.begin(), windows.end(), 0.0, [](double sum, const Window& window) {
            return sum + readingCost(window);
        });
    if (windows.empty() || windows.size() > kWindowsMax || cost > costMax) {
        return std::nullopt;
    }
    Prefilter filter;
    auto buckets = bucketsOf(std::move(windows), kBuckets);
    for (std::size_t index = 0; index < buckets.size(); ++index) {
        auto& bucket = buckets[index];
        for (std::size_t place = 0; place < kTestedBytes; ++place) {
            for (std::size_t byte = 0; byte < 256; ++byte) {
                if (bucket.all.bytes[place][byte]) {
                    filter.m_buckets[place][byte] |= std::uint64_t{1} << index;
                }
            }
        }
        std::sort(bucket.windows.begin(), bucket.windows.end(), [](const auto& a, const auto& b) {
            return a.before > b.before;
        });
        filter.m_beforeMax = std::max(filter.m_beforeMax, bucket.windows.front().before);
        filter.m_windows[index] = std::move(bucket.windows);
    }
    return filter;
}

std::optional<Prefilter::Hit> Prefilter::find(std::string_view text, std::size_t from) const
{
    if (text.size() < Window::kBytes) {
        return std::nullopt;
    }
    const auto* bytes = reinterpret_cast<const std::uint8_t*>(text.data());
    const auto at = [this, bytes](std::size_t offset) {
        return m_buckets[0][bytes[offset]] & m_buckets[1][bytes[offset + 1]]
            & m_buckets[2][bytes[offset + 2]] & m_buckets[3][bytes[offset + 3]];
    };
    const auto end = text.size() - Window::kBytes + 1;
    while (from < end) {
        while (from + 4 <= end && (at(from) | at(from + 1) | at(from + 2) | at(from + 3)) == 0) {
            from += 4;
        }
        for (const auto stop = std::min(from + 4, end); from < stop; ++from) {
            const auto buckets = at(from);
            const auto found = buckets == 0 ? std::nullopt : check(text, from, buckets);
            if (found) {
                return found;
            }
        }
    }
    return std::nullopt;
}

/// A bucket is also hit by bytes of one of its windows here and of another there.
std::optional<Prefilter::Hit> Prefilter::check(std::string_view text,
                                               std::size_t offset,
                                               std::uint64_t buckets) const
{
    const auto stands = [text, offset](const Window& window) {
        for (std::size_t place = 0; place < Window::kBytes; ++place) {
            if (!window.bytes[place][static_cast<std::uint8_t>(text[offset + place])]) {
                return false;
            }
        }
        return true;
    };
    std::optional<Hit> found;
    for (; buckets != 0; buckets &= buckets - 1) {
        const auto& windows = m_windows[static_cast<std::size_t>(std::countr_zero(buckets))];
        const auto window = std::find_if(windows.begin(), windows.end(), stands);
        if (window != windows.end()) {
            found = Hit{offset, std::max(found ? found->before : 0, window->before)};
        }
    }
    return found;
}

} // namespace exhibit::scan
