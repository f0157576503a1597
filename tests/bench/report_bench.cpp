// SPDX-License-Identifier: Apache-2.0
// ./dev bench report: signed reports with their pack attached, each beside its bar; with a folder
// it leaves one of each there instead.
#include "models/report/art73.h"
#include "models/report/page_images.h"
#include "models/report/production.h"
#include "models/report/report_pdf.h"
#include "server/signer/pdf_key.h"
#include "tests/models/report/facts_on_test.h"
#include "tests/models/report/pack_on_test.h"

#include <fmt/format.h>

#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <ctime>
#include <fstream>

namespace {

using namespace exhibit;
using namespace exhibit::report;
using Clock = std::chrono::steady_clock;

double secondsSince(Clock::time_point start)
{
    return std::chrono::duration<double>(Clock::now() - start).count();
}

/// The largest memory that this process has had, in MB.
long peakMegabytes()
{
    std::ifstream status("/proc/self/status");
    std::string line;
    while (std::getline(status, line)) {
        if (line.starts_with("VmHWM:")) {
            return std::stol(line.substr(6)) / 1024;
        }
    }
    return 0;
}

void line(const std::string& what, const std::string& figure, const std::string& bar)
{
    fmt::print("| {} | {} | {} |\n", what, figure, bar);
    std::fflush(stdout);
}

/// Does it in a process of its own, whose peak of memory is its own too.
template <class Work>
void apart(Work work)
{
    std::fflush(stdout);
    const pid_t child = ::fork();
    if (child == 0) {
        work();
        std::fflush(stdout);
        ::_exit(0);
    }
    int status = 0;
    if (::waitpid(child, &status, 0) != child || status != 0) {
        std::exit(1);
    }
}

Bytes contentOf(const std::string& file)
{
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

void measureTrace(const std::string& packFile, const char* bar, int rounds, const PdfSigner& sign)
{
    const Bytes pack = contentOf(packFile);
    std::vector<double> taken;
    std::vector<double> used; // Of a processor: what it takes on a machine that does nothing else.
    std::size_t pages = 0;
    long peak = 0;
    for (int i = 0; i < rounds; ++i) {
        const auto start = Clock::now();
        const auto begun = std::clock();
        const auto pdf = makeReport(pack, ReportKind::Incident, sign).value();
        taken.push_back(secondsSince(start));
        used.push_back(static_cast<double>(std::clock() - begun) / CLOCKS_PER_SEC);
        peak = peakMegabytes();
        pages = pages == 0 ? countPages(documentOf(pack, ReportKind::Incident).value()).value()
                           : pages;
    }
    std::sort(taken.begin(), taken.end());
    std::sort(used.begin(), used.end());
    line(fmt::format("incident report of {} pages, signed, pack of {} kB attached",
                     pages,
                     pack.size() / 1024),
         fmt::format("{:.0f} ms ({:.0f} ms of a processor), peak {} MB",
                     taken[taken.size() / 2] * 1000,
                     used[used.size() / 2] * 1000,
                     peak),
         bar);
}

void benchTrace(std::size_t steps, const char* bar, int rounds, const PdfSigner& sign)
{
    const std::string file = fmt::format("/tmp/exhibit-bench-{}.exhibit", ::getpid());
    apart([&] {
        std::ofstream(file, std::ios::binary) << packOnTest(bundleOnTest(factsOnTest(steps), true));
    });
    apart([&] { measureTrace(file, bar, rounds, sign); });
    std::remove(file.c_str());
}

void write(const std::string& folder, const std::string& name, const Bytes& bytes)
{
    std::ofstream(folder + "/" + name, std::ios::binary) << bytes;
}

/// One of each report, to be looked at.
void leaveSamples(const std::string& folder, const PdfSigner& sign)
{
    auto facts = factsOnTest(40);
    const auto shown = bundleOnTest(facts, true);
    const auto original = bundleOnTest(facts, false);
    const Bytes pack = packOnTest(shown);
    write(folder, "incident.pdf", makeReport(pack, ReportKind::Incident, sign).value());
    write(folder, "debrief.pdf", makeReport(pack, ReportKind::ExecutiveDebrief, sign).value());
    facts.keyLabels = {{"key_1", "R. Lindqvist, counsel"}};
    const auto lean = makeEvidenceBundle(
        facts, {.bundleId = "b2", .createdAt = utcNow(), .exportedBy = "key_1", .include = {}});
    const Bytes leanPack = packOnTest(lean.value());
    write(folder, "left_out.pdf", makeReport(leanPack, ReportKind::Incident, sign).value());
    write(folder,
          "left_out_debrief.pdf",
          makeReport(leanPack, ReportKind::ExecutiveDebrief, sign).value());
    ProductionRequest request;
    request.withheld = {{1, "attorney-client privilege", "Question of counsel to the model"}};
    auto plan = planProduction({pack, original, "Doe v. Example"}, request).value();
    const Numbering numbering{42, {{1, 41, "b0", utcNow(), "key_1", false}}};
    write(folder, "production.zip", writeProduction(std::move(plan), numbering, sign, [](auto) {
                                        return Result<void>();
                                    }).value());
    std::ifstream file("resources/mappings/ai_act_art73.json");
    const auto mapping = parseJson(std::string(std::istreambuf_iterator<char>(file), {})).value();
    Art73Entered entered;
    entered.awarenessAt = utcNow();
    entered.circumstance = "general";
    entered.fields = JsonObject{{"provider", "Example SE, Berlin"}, {"limb", "c"}};
    const auto facts73 = readPackFacts(pack).value();
    const auto art73 = makeArt73(facts73, mapping, entered, "").value();
    write(folder,
          "art73.pdf",
          makeBundleReport(printJson(toJson(art73)),
                           ReportKind::AiActArt73,
                           {{std::string(kAttachedPack), pack}},
                           sign)
              .value());
}

} // namespace

int main(int argc, char** argv)
{
    const auto key = signer::PdfKey::generate(utcNow()).value();
    const PdfSigner sign = [&key](const Digest& digest) { return key.sign(digest); };
    if (argc > 1) { // A folder, from the source folder.
        leaveSamples(argv[1], sign);
        return 0;
    }
    fmt::print("| what | measured | bar |\n|---|---|---|\n");
    benchTrace(560, "300 ms", 9, sign);
    benchTrace(23'500, "10 s in 300 MB", 1, sign);
    benchTrace(33'000, "", 1, sign);
}
