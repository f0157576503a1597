// SPDX-License-Identifier: Apache-2.0
// Productions of one step and of ten thousand, made for real: every number, file and hash, in a
// process that does nothing else, so that its memory is known.
#include "models/report/legal_discovery_json.h"
#include "models/report/production.h"
#include "tests/models/report/facts_on_test.h"
#include "tests/models/report/pack_on_test.h"
#include "tests/support/temp_dir.h"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <set>

namespace exhibit::report {
namespace {

constexpr std::int64_t kFirst = 1;

RecordedFacts factsOf(std::size_t steps)
{
    auto facts = incidentOnTest();
    const auto some = factsOnTest().steps;
    for (std::size_t i = 0; i < steps; ++i) {
        auto step = some[i % some.size()];
        step.event.stepIndex = static_cast<std::int64_t>(i);
        step.event.time = facts.incident.createdAt + std::chrono::milliseconds(i);
        facts.steps.push_back(std::move(step));
    }
    return facts;
}

/// In a child; how much memory it took in MB, 0 when it failed.
long produce(std::size_t steps, const std::string& file)
{
    const pid_t child = ::fork();
    if (child == 0) {
        const auto facts = factsOf(steps);
        const auto original = bundleOnTest(facts, false);
        auto plan = planProduction(
            {packOnTest(bundleOnTest(facts, true)), original, "Doe v. Example"}, {});
        const auto made = plan ? writeProduction(*std::move(plan),
                                                 {.first = kFirst, .earlier = {}},
                                                 {},
                                                 [](auto) { return Result<void>(); })
                               : tl::make_unexpected(plan.error());
        std::ofstream out(file, std::ios::binary);
        out << made.value_or(Bytes());
        out.close();
        ::_exit(made && out ? 0 : 1);
    }
    int status = 0;
    rusage usage{};
    return ::wait4(child, &status, 0, &usage) == child && status == 0 ? usage.ru_maxrss / 1024 : 0;
}

std::set<std::string> linesOf(const Bytes& text)
{
    std::set<std::string> lines;
    for (std::size_t at = 0; at < text.size();) {
        const auto end = std::min(text.find('\n', at), text.size());
        lines.insert(text.substr(at, end - at));
        at = end + 1;
    }
    return lines;
}

/// Every number once and in its file, every file as it is listed, nothing besides.
void expectWhole(const std::string& file, std::size_t steps)
{
    std::ifstream in(file, std::ios::binary);
    const Bytes archive(std::istreambuf_iterator<char>(in), {});
    const auto zip = evidence::ZipArchive::open(archive);
    ASSERT_TRUE(zip) << zip.error().message;
    std::map<std::string, Bytes> small;
    std::map<std::string, Digest> hashes;
    for (const auto& entry : zip->files()) {
        const auto path = entry.name.substr(entry.name.find('/') + 1);
        const auto bytes = zip->read(entry);
        ASSERT_TRUE(bytes) << path;
        hashes.emplace(path, sha256(bytes->view()));
        if (path.find("/DATA/") != path.npos || path.find('/') == path.npos) {
            small.emplace(path, bytes->view());
        }
    }
    const auto bundle
        = fromJson<LegalDiscoveryBundle>(parseJson(small.at("legal_discovery.json")).value(),
                                         UnknownMembers::Reject)
              .value();
    ASSERT_EQ(bundle.documents.size(), steps + 2) << "the incident, its steps, the pack";
    EXPECT_EQ(bundle.files.size() + 3, hashes.size());
    for (const auto& listed : bundle.files) {
        ASSERT_TRUE(hashes.contains(listed.path)) << listed.path;
        EXPECT_EQ(hashes.at(listed.path), listed.sha256) << listed.path;
    }
    const auto manifest = linesOf(small.at("manifest-sha256.txt"));
    EXPECT_EQ(manifest.size() + 1, hashes.size());
    for (const auto& [path, hash] : hashes) {
        EXPECT_EQ(manifest.contains(toHex(asView(hash)) + "  " + path),
                  path != "manifest-sha256.txt");
    }
    std::int64_t number = kFirst;
    std::size_t image = 0;
    Bytes opticon;
    for (const auto& document : bundle.documents) {
        EXPECT_EQ(document.begBates, batesText("EXH", number));
        EXPECT_TRUE(hashes.contains(document.textPath)) << document.textPath;
        EXPECT_EQ(hashes.at(*document.nativePath), document.sha256) << document.begBates;
        for (std::int64_t page = 0; page < document.pageCount; ++page) {
            const auto key = batesText("EXH", number++);
            const auto folder = fmt::format("{:04}", image++ / 1000 + 1);
            EXPECT_TRUE(hashes.contains("VOL001/IMAGES/" + folder + "/" + key + ".tif")) << key;
            opticon += fmt::format("{},VOL001,VOL001\\IMAGES\\{}\\{}.tif,{},,,{}\r\n",
                                   key,
                                   folder,
                                   key,
                                   page == 0 ? "Y" : "",
                                   page == 0 ? std::to_string(document.pageCount) : "");
        }
        EXPECT_EQ(document.endBates, batesText("EXH", number - 1));
    }
    EXPECT_EQ(number - 1, bundle.batesLast);
    EXPECT_TRUE(small.at("VOL001/DATA/VOL001.OPT") == opticon);
    const auto& dat = small.at("VOL001/DATA/VOL001.DAT");
    EXPECT_EQ(std::count(dat.begin(), dat.end(), '\r'), static_cast<long>(steps + 3));
}

TEST(ProductionSize, ofOneStepIsWhole)
{
    const test::TempDir folder;
    const std::string file = (folder.path() / "production.zip").string();
    EXPECT_GT(produce(1, file), 0);
    expectWhole(file, 1);
}

TEST(ProductionSize, ofTenThousandStepsIsWholeAndTakesBoundedMemory)
{
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    GTEST_SKIP() << "half an hour under a sanitizer, whose own memory is measured";
#else
    constexpr long kMegabytesMax = 700;
    const test::TempDir folder;
    const std::string file = (folder.path() / "production.zip").string();
    const long peak = produce(10'000, file);
    EXPECT_GT(peak, 0);
    EXPECT_LT(peak, kMegabytesMax);
    RecordProperty("megabytes", std::to_string(peak));
    expectWhole(file, 10'000);
#endif
}

} // namespace
} // namespace exhibit::report
