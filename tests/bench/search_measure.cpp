// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/search_measure.h"

#include "tests/bench/search_corpus.h"

#include <fmt/format.h>

#include <algorithm>
#include <iostream>

namespace exhibit::bench {

std::vector<Shape> commonShapes()
{
    const auto ranked = [](int rank) { return wordOfRank(static_cast<std::size_t>(rank)); };
    return {
        {"no words, newest first", [](int) { return std::string(); }},
        {"one frequent word", ranked},
        {"one rare word", [=](int i) { return ranked(15'000 + i); }},
        {"two words that rarely meet",
         [=](int i) { return ranked(9'000 + i) + " " + ranked(12'000 + i); }},
        {"frequent word, another excluded",
         [=](int i) { return ranked(1) + " -" + ranked(2 + i); }},
        {"phrase of two frequent words",
         [=](int i) { return "\"" + ranked(i % 5) + " " + ranked(i % 7) + "\""; }},
        {"either of two words",
         [=](int i) { return ranked(500 + i) + " or " + ranked(7'000 + i); }},
        {"a user's", [](int i) { return fmt::format("user:user-{}", i * 7); }},
        {"severity, policy and a word",
         [=](int i) { return "severity:critical policy:BUDGET " + ranked(100 + i); }},
    };
}

void Times::add(std::chrono::steady_clock::duration took)
{
    m_ms.push_back(std::chrono::duration<double, std::milli>(took).count());
}

void Times::print(const std::string& name, const std::string& note, double barMs)
{
    std::sort(m_ms.begin(), m_ms.end());
    const double p95 = m_ms[m_ms.size() * 95 / 100];
    std::cout << fmt::format("{:36}{:>9.1f}{:>9.1f}{:>9.1f}   {}{}\n",
                             name,
                             m_ms[m_ms.size() / 2],
                             p95,
                             m_ms.back(),
                             p95 > barMs ? fmt::format("MISSED (<= {:.0f}): ", barMs) : "",
                             note)
              << std::flush;
}

void printHeading(const std::string& title)
{
    std::cout << fmt::format(
        "\n{:36}{:>9}{:>9}{:>9}\n", title + ", milliseconds", "p50", "p95", "max");
}

Result<Times> measure(int samples, const std::function<Result<void>(int)>& work)
{
    Times times;
    for (int i = 0; i < samples; ++i) {
        const auto start = std::chrono::steady_clock::now();
        EXHIBIT_CHECK(work(i));
        times.add(std::chrono::steady_clock::now() - start);
    }
    return times;
}

} // namespace exhibit::bench
