// SPDX-License-Identifier: Apache-2.0
// For journal_crash_test: appends numbered records as fast as it can and prints "N\n" once record N
// is durable, until it is killed.
//   spool-crash-writer FOLDER FIRST
#include "server/spool/journal.h"

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <thread>

#include <unistd.h>

using namespace exhibit;
using namespace exhibit::spool;

int main(int argc, char** argv)
{
    if (argc != 3) {
        return 2;
    }
    const std::filesystem::path folder = argv[1];
    auto journal = Journal::open({.directory = folder / "spool",
                                  .bytesMax = 64 * 1024 * 1024,
                                  .fileBytes = 512 * 1024,
                                  .post = [](const std::function<void()>& work) { work(); }},
                                 *keyFileWrapper(folder / "spool.key"));
    if (!journal) {
        std::fprintf(stderr, "%s\n", journal.error().message.c_str());
        return 3;
    }
    std::atomic<std::int64_t> durable{0};
    for (std::int64_t no = std::atoll(argv[2]);; ++no) {
        Record record{.tenant = TenantId::generate(), .call = CallId::generate(), .at = utcNow()};
        record.payload = std::to_string(no) + std::string(static_cast<std::size_t>(no % 900), '.');
        if (no % 2 == 0) {
            (*journal)->append(std::move(record));
            continue;
        }
        (*journal)->append(std::move(record), [no, &durable](const Result<void>& outcome) {
            if (outcome) {
                // One write per line: what was printed was durable before.
                const std::string line = std::to_string(no) + "\n";
                [[maybe_unused]] const auto written
                    = ::write(STDOUT_FILENO, line.data(), line.size());
                durable = no;
            }
        });
        while (no - durable > 64) {
            std::this_thread::yield();
        }
        (*journal)->release(no - 3000); // So that files come and go while it is killed.
    }
}
