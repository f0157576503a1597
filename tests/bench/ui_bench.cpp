// SPDX-License-Identifier: Apache-2.0
// ./dev bench ui: medians of what a person waits for, offscreen, against the bars of the console.
// The first page of results is that of EXHIBIT_SERVER (with EXHIBIT_API_KEY), else of a gateway
// that is started here with the sample traffic.
#include "app/console/console.h"
#include "tests/gui/sample_server.h"
#include "tests/ui/support/generated_source.h"
#include "tests/ui/support/long_run.h"
#include "ui/search/histogram_widget.h"
#include "ui/search/results_view.h"
#include "ui/search/search_controller.h"
#include "ui/timeline/timeline_widget.h"

#include <QApplication>
#include <QElapsedTimer>
#include <QFile>
#include <QProcess>
#include <QScrollBar>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <QTest>

#include <algorithm>
#include <chrono>
#include <cstdio>

namespace exhibit {
namespace {

constexpr int kRounds = 31;
constexpr int kRows = 1'000'000;
constexpr int kEvents = 2'000'000;

double median(std::vector<double> values)
{
    std::nth_element(values.begin(),
                     values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2),
                     values.end());
    return values[values.size() / 2];
}

template <class Run>
double medianMs(int rounds, Run run)
{
    std::vector<double> times;
    for (int i = 0; i < rounds; ++i) {
        QElapsedTimer timer;
        timer.start();
        run(i);
        times.push_back(double(timer.nsecsElapsed()) / 1e6);
    }
    return median(std::move(times));
}

int missed = 0;

void report(const char* what, double value, double bar, const char* unit)
{
    const bool held = value <= bar;
    missed += held ? 0 : 1;
    std::printf(
        "%-42s %9.2f %-3s  bar %6.0f  %s\n", what, value, unit, bar, held ? "held" : "MISSED");
}

/// From the start of the program itself to its first picture, in a home nobody has; negative when
/// it did not say so.
double startMs()
{
    const QTemporaryDir home;
    auto environment = QProcessEnvironment::systemEnvironment();
    environment.insert(QStringLiteral("HOME"), home.path());
    environment.insert(QStringLiteral("EXHIBIT_FIRST_PAINT"), QStringLiteral("1"));
    for (const char* name :
         {"XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_RUNTIME_DIR", "EXHIBIT_SERVER"}) {
        environment.remove(QString::fromLatin1(name));
    }
    QProcess program;
    program.setProcessEnvironment(environment);
    program.setReadChannel(QProcess::StandardError);
    const auto begun = std::chrono::steady_clock::now().time_since_epoch();
    program.start(qEnvironmentVariable("EXHIBIT_BIN_DIR") + QStringLiteral("/exhibit"),
                  {QStringLiteral("--new-instance")});
    double ms = -1;
    while (ms < 0 && (program.canReadLine() || program.waitForReadyRead())) {
        const QByteArray line = program.readLine();
        if (line.startsWith("first paint ")) {
            const std::chrono::nanoseconds painted(line.mid(12).trimmed().toLongLong());
            ms = std::chrono::duration<double, std::milli>(painted - begun).count();
        }
    }
    program.kill();
    program.waitForFinished();
    return ms;
}

void benchStart()
{
    constexpr int kStarts = 9;
    std::vector<double> times;
    for (int i = 0; i < kStarts; ++i) {
        times.push_back(startMs());
    }
    if (*std::min_element(times.begin(), times.end()) < 0) {
        std::fprintf(stderr, "exhibit did not say when it painted first\n");
        ++missed;
        return;
    }
    report("exhibit from its start to its first paint", median(std::move(times)), 500, "ms");
}

double residentMiB()
{
    QFile status(QStringLiteral("/proc/self/statm"));
    return status.open(QIODevice::ReadOnly)
        ? status.readAll().split(' ').value(1).toDouble() * 4 / 1024
        : 0;
}

void benchWindow()
{
    const double ms = medianMs(7, [](int) {
        ui::SourceHub hub;
        ui::PaneRegistry registry;
        console::registerPanes(registry);
        ui::MainWindow window(registry, hub, true);
        window.showHome(false);
        window.show();
        (void)window.grab();
    });
    report("window built and first painted", ms, 500, "ms");
}

void benchResults()
{
    test::GeneratedSource source(kRows);
    ui::ResultsModel model(nullptr);
    model.setSource(&source);
    domain::SearchReply first;
    first.total = kRows;
    for (std::int64_t i = 0; i < ui::PageCache::kPageRows; ++i) {
        first.incidents.push_back(source.hit(i));
    }
    ui::ResultsView view(model, true, nullptr);
    view.resize(1200, 700);
    model.showResult({}, std::move(first));
    model.setBars(source.bars());
    view.show();
    const auto paint = [&view] { (void)view.grab(); };
    paint();
    report("wheel step at 1,000,000 rows",
           medianMs(kRounds,
                    [&](int) {
                        view.verticalScrollBar()->setValue(view.verticalScrollBar()->value() + 3);
                        paint();
                    }),
           16,
           "ms");
    report("jump at 1,000,000 rows",
           medianMs(kRounds,
                    [&](int i) {
                        view.verticalScrollBar()->setValue(int(qint64(i) * 7'919'000 % kRows));
                        paint();
                        QCoreApplication::sendPostedEvents();
                    }),
           50,
           "ms");
}

/// Of a whole console, with every pane and page.
void benchMemory()
{
    console::CommandLine options;
    options.safeMode = true;
    console::Console console(options);
    console.openWindow();
    console.hub().setSource(std::make_shared<test::GeneratedSource>(kRows),
                            QStringLiteral("exhibit.example"),
                            QStringLiteral("https://exhibit.example"));
    console.window().showHome(false);
    auto& results = ui::SearchController::of(console.window().services()).results();
    missed += QTest::qWaitFor([&results] { return results.rowCount() == kRows; }, 30'000) ? 0 : 1;
    for (int i = 0; i < 100; ++i) { // Fill the page cache: memory is what is asked for.
        (void)results.index(i * 9'973 % kRows, 2).data();
        QTest::qWait(20);
    }
    report("memory of a console with 1,000,000 results", residentMiB(), 250, "MiB");
}

void benchTimeline()
{
    const auto run = test::longRun(kEvents, kEvents / 2 + 3);
    ui::TimelineWidget widget(nullptr);
    widget.resize(1200, widget.sizeHint().height());
    widget.setData(ui::TimelineData::of(*run.reply, run.cause), run.reply, run.cause);
    widget.setSelected(kEvents / 2 + 3);
    widget.show();
    const auto frame = [&](double factor) {
        widget.zoom(factor);
        (void)widget.grab();
    };
    report("timeline frame at 2,000,000 events",
           medianMs(kRounds, [&](int i) { frame(i % 2 == 0 ? 0.8 : 1.2); }),
           33,
           "ms");
    widget.zoom(400.0 / kEvents); // As many as are drawn one by one, with labels and bars.
    report("the same with labels, 400 in view",
           medianMs(kRounds, [&](int i) { frame(i % 2 == 0 ? 0.8 : 1.25); }),
           33,
           "ms");
}

void benchHistogram()
{
    ui::HistogramWidget histogram(nullptr);
    histogram.resize(1200, 64);
    domain::HistogramReply bars;
    bars.barSeconds = 60;
    for (int i = 0; i < 160; ++i) {
        bars.counts.push_back(i * 37 % 101);
    }
    histogram.setBars(bars, ui::Counted::Yes);
    histogram.show();
    report("brush step",
           medianMs(kRounds,
                    [&](int i) {
                        histogram.setRange(bars.from + std::chrono::minutes(i),
                                           bars.from + std::chrono::minutes(i + 20));
                        (void)histogram.grab();
                    }),
           5,
           "ms");
}

void benchServer()
{
    test::SampleServer sample;
    QString server = qEnvironmentVariable("EXHIBIT_SERVER");
    QByteArray key = qgetenv("EXHIBIT_API_KEY");
    if (server.isEmpty()) {
        if (!sample.start()) {
            std::fprintf(stderr, "exhibit-demo --stay did not get ready\n");
            ++missed;
            return;
        }
        server = sample.url();
        key = sample.key();
    }
    auto client = client::Client::create(
        {server.toStdString(), Secret(key.toStdString()), std::chrono::seconds(30)});
    console::BackendSource source(*std::move(client));
    report("first page of results",
           medianMs(kRounds,
                    [&](int) {
                        bool found = false;
                        domain::SearchRequest request;
                        request.limit = ui::PageCache::kPageRows;
                        const auto question = source.search(request, [&found](const auto& reply) {
                            found = reply && !reply->incidents.empty();
                        });
                        // A refusal is no page, however soon it comes.
                        missed += QTest::qWaitFor([&found] { return found; }, 30'000) ? 0 : 1;
                    }),
           300,
           "ms");
}

} // namespace
} // namespace exhibit

int main(int argc, char** argv)
{
    qputenv("QT_QPA_PLATFORM", "offscreen");
    QApplication application(argc, argv);
    QStandardPaths::setTestModeEnabled(true);
    QApplication::setOrganizationName(QStringLiteral("ExhibitBench"));
    exhibit::benchMemory(); // Before others use any; a console has its own theme.
    exhibit::ui::Theme theme(nullptr);
    exhibit::benchStart();
    exhibit::benchWindow();
    exhibit::benchHistogram();
    exhibit::benchResults();
    exhibit::benchTimeline();
    exhibit::benchServer();
    return exhibit::missed == 0 ? 0 : 1;
}
