// SPDX-License-Identifier: Apache-2.0
// What the report of a long run needs of memory, in a process that does nothing else.
#include "models/report/report_pdf.h"
#include "tests/models/report/facts_on_test.h"
#include "tests/models/report/pack_on_test.h"
#include "tests/support/temp_dir.h"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>

namespace exhibit::report {
namespace {

/// Its peak of memory in MB; 0 when it failed.
template <class Work>
long peakOf(Work work)
{
    const pid_t child = ::fork();
    if (child == 0) {
        ::_exit(work() ? 0 : 1);
    }
    int status = 0;
    rusage usage{};
    return ::wait4(child, &status, 0, &usage) == child && status == 0 ? usage.ru_maxrss / 1024 : 0;
}

TEST(ReportMemory, ofTenThousandStepsIsAFractionOfWhatItsObjectsWouldTake)
{
#if defined(__SANITIZE_ADDRESS__)
    GTEST_SKIP() << "the sanitizer's own memory is measured here";
#else
    constexpr long kMegabytesMax = 150; // 10,000 of the 23,500 steps that 1,000 pages hold.
    const test::TempDir folder;
    const std::string file = (folder.path() / "pack.exhibit").string();
    ASSERT_GT(peakOf([&] {
                  std::ofstream out(file, std::ios::binary);
                  out << packOnTest(bundleOnTest(factsOnTest(10'000), true));
                  return out.good();
              }),
              0);
    const long peak = peakOf([&] {
        std::ifstream in(file, std::ios::binary);
        const Bytes pack(std::istreambuf_iterator<char>(in), {});
        return makeReport(pack, ReportKind::Incident, {}).has_value();
    });
    EXPECT_GT(peak, 0);
    EXPECT_LT(peak, kMegabytesMax);
#endif
}

} // namespace
} // namespace exhibit::report
