// SPDX-License-Identifier: Apache-2.0
// What the stream guard costs: bench_scan [pattern count]. The text is generated, prose with now
// and then an address or a number; deltas are 14 bytes, about four tokens.
#include "models/base/json.h"
#include "models/domain/policy.h"
#include "models/scan/scanner.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <random>
#include <string>

namespace {

using namespace exhibit::scan;
using Clock = std::chrono::steady_clock;

constexpr std::size_t kDeltaBytes = 14;
constexpr std::size_t kTextBytes = 1'400'000;

std::vector<PatternSpec> patterns(std::size_t count)
{
    std::vector<PatternSpec> specs{
        {R"([A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9.-]{1,190}\.[A-Za-z]{2,24})",
         {},
         Validator::None,
         true},
        {R"((?<!\d)\d(?:[ -]?\d){12,18}(?!\d))", {}, Validator::Luhn, true},
        {R"(\b\d{3}-\d{2}-\d{4}\b)", {}, Validator::SsnRanges, true},
        {R"(\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]){11,30}\b)", {}, Validator::Mod97, true},
        {R"([a-z]{2,10}://[^\s:@/]{1,64}:[^\s:@/]{1,64}@)", {}, Validator::None, true},
        {R"(\bsk-[A-Za-z0-9]{20,48}\b)", {}, Validator::Entropy, true},
        {R"(\bAKIA[0-9A-Z]{16}\b)", {}, Validator::None, true},
        {R"(-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----(?:[\w+/=\s]*)?)", {}, Validator::None, true},
        {R"((?i)\b(is|will be|are) (set to )?(auto[- ]?renew|renew automatically))",
         {},
         Validator::None,
         true},
        {R"((?i)\b(ignore|disregard) (all |any )?(previous|prior) (instructions|rules))",
         {},
         Validator::None,
         true},
    };
    for (std::size_t index = specs.size(); index < count; ++index) {
        specs.push_back({fmt::format(R"((?i)\bproject[ -]?(?:zeta|omega) {}[a-f]?\b)", index),
                         {},
                         Validator::None,
                         true});
    }
    specs.resize(count);
    return specs;
}

std::string prose()
{
    constexpr std::array<std::string_view, 20> kWords{
        "the",   "contract", "renews",   "on",      "first",  "of",  "every",
        "month", "unless",   "customer", "writes",  "before", "its", "end;",
        "we",    "will",     "confirm",  "project", "set",    "to"};
    std::mt19937_64 random(1);
    std::string text;
    while (text.size() < kTextBytes) {
        text += kWords[random() % kWords.size()];
        text += random() % 12 == 0 ? ". " : " ";
        if (random() % 200 == 0) {
            text += fmt::format("call {}-{} ", random() % 900 + 100, random() % 9000 + 1000);
        }
        if (random() % 500 == 0) {
            text += fmt::format("user{}@mail.example ", random() % 1000);
        }
    }
    return text;
}

// Seconds for the whole text in deltas; `held` adds up the bytes held after each.
double stream(const std::shared_ptr<const PatternSet>& set,
              const std::string& text,
              std::size_t& held)
{
    Scanner scanner(set);
    std::vector<Match> matches;
    const auto begin = Clock::now();
    for (std::size_t next = 0; next < text.size(); next += kDeltaBytes) {
        scanner.feed(std::string_view(text).substr(next, kDeltaBytes), matches);
        held += scanner.position() - scanner.settled();
        matches.clear();
    }
    scanner.finish(matches);
    return std::chrono::duration<double>(Clock::now() - begin).count();
}

void measure(std::size_t count, const std::string& text)
{
    const auto begin = Clock::now();
    const auto set = PatternSet::compile(patterns(count)).value();
    const double compileMs
        = std::chrono::duration<double, std::milli>(Clock::now() - begin).count();
    const auto deltas = static_cast<double>(text.size() / kDeltaBytes);
    std::size_t held = 0;
    const double cold = stream(set, text, held);
    held = 0;
    const double warm = stream(set, text, held);
    const auto wholeBegin = Clock::now();
    const auto found = scanWhole(set, text).size();
    const double whole = std::chrono::duration<double>(Clock::now() - wholeBegin).count();
    fmt::print(
        "{:4} patterns: compile {:6.2f} ms, delta cold {:5.0f} ns, warm {:5.0f} ns, whole {:5.1f} "
        "MB/s, held {:4.1f} B after a delta, {} matches\n",
        count,
        compileMs,
        cold / deltas * 1e9,
        warm / deltas * 1e9,
        static_cast<double>(text.size()) / whole / 1e6,
        static_cast<double>(held) / deltas,
        found);
}

/// Texts that keep as many matches alive as they can.
std::string hostile()
{
    std::mt19937_64 random(2);
    constexpr std::string_view kBytes = "a1b2.c3-d4@e5_f6:7/8 9+0";
    std::string text;
    while (text.size() < kTextBytes / 20) {
        text += kBytes[random() % kBytes.size()];
    }
    return text;
}

/// The patterns of the policies in a file.
std::vector<PatternSpec> shipped(const std::string& path)
{
    std::ifstream file(path, std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    std::vector<PatternSpec> specs;
    const auto json = exhibit::parseJson(text).value();
    const auto policies = exhibit::domain::policiesFromJson(json).value();
    for (const auto& policy : policies) {
        for (const auto& pattern : std::get<exhibit::domain::PatternsRule>(policy.rule).patterns) {
            PatternSpec spec;
            spec.pattern = pattern.pattern;
            spec.maxWidth = pattern.maxWidth;
            if (pattern.validator) {
                spec.validator = validatorFromName(*pattern.validator).value();
            }
            specs.push_back(std::move(spec));
        }
    }
    return specs;
}

/// The packs that redaction uses, on words alone, on prose with finds, and on hostile text.
void measureShipped(const std::string& prose)
{
    auto specs = shipped("resources/policies/pii_output.json");
    const auto more = shipped("resources/policies/secret_output.json");
    specs.insert(specs.end(), more.begin(), more.end());
    const auto begin = Clock::now();
    const auto set = PatternSet::compile(specs).value();
    const double compileMs
        = std::chrono::duration<double, std::milli>(Clock::now() - begin).count();
    std::string words = prose;
    std::replace_if(
        words.begin(), words.end(), [](char c) { return (c >= '0' && c <= '9') || c == '@'; }, 'x');
    fmt::print("{:4} patterns of the shipped packs: compile {:.2f} ms", specs.size(), compileMs);
    const std::array<std::pair<const char*, const std::string*>, 2> texts{
        {{"clean", &words}, {"with finds", &prose}}};
    for (const auto& [name, text] : texts) {
        static_cast<void>(scanWhole(set, *text)); // Fills the cache.
        const auto from = Clock::now();
        static_cast<void>(scanWhole(set, *text));
        const double seconds = std::chrono::duration<double>(Clock::now() - from).count();
        fmt::print(", {} {:.0f} MB/s", name, static_cast<double>(text->size()) / seconds / 1e6);
    }
    const auto bad = hostile();
    std::size_t held = 0;
    const auto deltas = static_cast<double>(bad.size() / kDeltaBytes);
    const double cold = stream(set, bad, held);
    fmt::print(", hostile {:.1f} us a delta\n", cold / deltas * 1e6);
}

} // namespace

int main(int argc, char** argv)
{
    const auto text = prose();
    if (argc > 1) {
        measure(std::strtoul(argv[1], nullptr, 10), text);
        return 0;
    }
    for (const std::size_t count : {std::size_t{20}, std::size_t{100}, std::size_t{300}}) {
        measure(count, text);
    }
    measureShipped(text);
    return 0;
}
