// SPDX-License-Identifier: Apache-2.0
// Prints what encoding the records of one call costs; the tree writer beside it is what was there
// to choose from.
#include "models/base/json.h"
#include "server/spool/call_record.h"
#include "server/spool/call_record_fields.h"
#include "tests/server/spool/sample_records.h"

#include <fmt/format.h>

#include <chrono>

namespace {

using namespace exhibit;
using namespace exhibit::spool;

template <class Work>
double microsecondsEach(Work work)
{
    constexpr int kTimes = 20'000;
    const auto begin = std::chrono::steady_clock::now();
    for (int i = 0; i < kTimes; ++i) {
        work();
    }
    const std::chrono::duration<double, std::micro> took = std::chrono::steady_clock::now() - begin;
    return took.count() / kTimes;
}

} // namespace

int main()
{
    std::size_t bytes = 0;
    for (const auto& content : sample::all()) {
        const double text = microsecondsEach([&] { bytes += encodeRecord(content).size(); });
        const double tree = microsecondsEach([&] {
            bytes += std::visit([](const auto& record) { return printJson(toJson(record)).size(); },
                                content);
        });
        const Bytes encoded = encodeRecord(content);
        const double read = microsecondsEach(
            [&] { bytes += decodeRecord(kindOf(content), encoded).has_value() ? 1 : 0; });
        fmt::print(
            "kind {}: {} bytes, encode {:.2f} us (through a tree {:.2f} us), decode {:.2f}\n",
            static_cast<int>(kindOf(content)),
            encoded.size(),
            text,
            tree,
            read);
    }
    return bytes == 0 ? 1 : 0;
}
