// SPDX-License-Identifier: Apache-2.0
// Every format that the export dialog offers, against a real server.
#include "tests/gui/console_on_server.h"
#include "tests/gui/stall_monitor.h"
#include "ui/detail/export_dialog.h"
#include "ui/detail/incident_export.h"
#include "ui/detail/record_pane.h"
#include "ui/search/results_pane.h"
#include "ui/search/results_view.h"
#include "ui/text.h"

#include <QCheckBox>
#include <QComboBox>
#include <QDateTimeEdit>
#include <QFile>
#include <QLabel>
#include <QLineEdit>
#include <QRadioButton>
#include <QSignalSpy>
#include <QTemporaryDir>

namespace exhibit::console {

using namespace Qt::StringLiterals;

class ExportTest : public QObject, private test::ConsoleOnServer {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        startConsole(u"export"_s);
        pane<ui::ResultsPane>(u"results"_s)->view().selectRow(0);
        QTRY_VERIFY_WITH_TIMEOUT(window().services().selection->hit() != nullptr, kPatience);
        QTRY_VERIFY_WITH_TIMEOUT(!m_console->hub().exportFormats().isEmpty(), kPatience);
    }
    void cleanupTestCase() { stopConsole(); }

    void everyFormatCanBeChosen_data()
    {
        QTest::addColumn<QString>("format");
        QTest::addColumn<QString>("ending");
        const std::pair<const char*, const char*> rows[] = {{"exhibit", ".exhibit"},
                                                            {"json", ".json"},
                                                            {"pdf", ".pdf"},
                                                            {"soc2", ".pdf"},
                                                            {"legal_discovery", ".zip"},
                                                            {"executive_debrief", ".pdf"},
                                                            {"executive_debrief_json", ".json"},
                                                            {"ai_act_art73", ".pdf"},
                                                            {"fre_902", ".pdf"},
                                                            {"case_uco", ".jsonld"}};
        for (const auto& [format, ending] : rows) {
            QTest::newRow(format) << QString::fromLatin1(format) << QString::fromLatin1(ending);
        }
    }
    void everyFormatCanBeChosen()
    {
        QFETCH(const QString, format);
        QFETCH(const QString, ending);
        const auto& incident = window().services().selection->hit()->incident;
        const ui::ExportDialog dialog(
            ui::ExportDialog::Kind::Export, incident, m_console->hub(), nullptr);
        auto* button = dialog.findChild<QRadioButton*>(format);
        QVERIFY(button != nullptr);
        QVERIFY(button->isEnabled());
        button->click();
        const std::string chosen = dialog.choice().format;
        QCOMPARE(chosen, format.toStdString());
        QVERIFY(ui::IncidentExport::fileName(incident, chosen).endsWith(ending));
    }

    void partsFollowTheFormatWithTheirReason()
    {
        const auto& incident = window().services().selection->hit()->incident;
        ui::ExportDialog dialog(
            ui::ExportDialog::Kind::Export, incident, m_console->hub(), nullptr);
        dialog.show();
        auto* why = dialog.findChild<QLabel*>(u"include.why"_s);
        auto* raw = dialog.findChild<QCheckBox*>(u"raw_io"_s);
        raw->click(); // Not wanted.
        const std::vector<std::string> wanted{
            "full_trace", "policy_log", "replay_cert", "root_cause"};
        const auto choose = [&dialog](const QString& format) {
            dialog.findChild<QRadioButton*>(format)->click();
        };
        choose(u"pdf"_s);
        QVERIFY(raw->isEnabled() && !raw->isChecked() && !why->isVisible());
        QCOMPARE(dialog.choice().include, wanted);
        choose(u"legal_discovery"_s);
        QVERIFY2(!raw->isEnabled() && raw->isChecked(), "a production holds it all the same");
        QVERIFY(why->isVisible());
        QVERIFY2(why->text().contains(u"everything"_s), qPrintable(why->text()));
        QCOMPARE(raw->accessibleDescription(), why->text());
        QCOMPARE(dialog.choice().include.size(), std::size_t{5});
        choose(u"soc2"_s);
        QVERIFY(!raw->isEnabled() && why->isVisible());
        QVERIFY2(why->text().contains(u"period"_s), qPrintable(why->text()));
        QVERIFY(dialog.choice().include.empty());
        choose(u"pdf"_s);
        QCOMPARE(dialog.choice().include, wanted);
        QVERIFY(raw->accessibleDescription().isEmpty());
    }

    void whatAServerDoesNotKnowIsGreyWithTheReasonInSight()
    {
        ui::SourceHub old;
        old.setRoutes({u"/api/v1/incidents/{id}/export"_s});
        old.setExportFormats({u"json"_s});
        old.setExportIncludes({{u"full_trace"_s}, {}, {}});
        ui::ExportDialog dialog(ui::ExportDialog::Kind::Export,
                                window().services().selection->hit()->incident,
                                old,
                                nullptr);
        dialog.show();
        const auto saysBelow = [&dialog](const QWidget* part) {
            for (const auto* label : dialog.findChildren<QLabel*>()) {
                if (label->isVisible() && label->y() > part->y()
                    && label->y() < part->y() + 2 * part->height()
                    && label->parentWidget() == part->parentWidget()) {
                    return label->text();
                }
            }
            return QString();
        };
        auto* pdf = dialog.findChild<QRadioButton*>(u"pdf"_s);
        QVERIFY(!pdf->isEnabled());
        QVERIFY(!pdf->accessibleDescription().isEmpty());
        QCOMPARE(saysBelow(pdf), pdf->accessibleDescription());
        QCOMPARE(dialog.choice().format, std::string("json"));
        auto* raw = dialog.findChild<QCheckBox*>(u"raw_io"_s);
        QVERIFY(!raw->isEnabled() && !raw->isChecked());
        QCOMPARE(saysBelow(raw), raw->accessibleDescription());
        QCOMPARE(dialog.choice().include, std::vector<std::string>{"full_trace"});
    }

    void whatAFormatNeedsIsAskedForAndSent()
    {
        ui::ExportDialog dialog(ui::ExportDialog::Kind::Export,
                                window().services().selection->hit()->incident,
                                m_console->hub(),
                                nullptr);
        dialog.setAttribute(Qt::WA_DeleteOnClose, false);
        dialog.show();
        const auto line = [&dialog](const char* name) {
            return dialog.findChild<QLineEdit*>(QString::fromLatin1(name));
        };
        const auto box = [&dialog](const char* name) {
            return dialog.findChild<QComboBox*>(QString::fromLatin1(name));
        };
        const auto details = [&dialog] { return ui::toQt(printJson(dialog.choice().details)); };
        dialog.findChild<QRadioButton*>(u"pdf"_s)->click();
        QCOMPARE(details(), u"{}"_s);
        line("authority")->setText(u"order 7 O 12/26"_s);
        line("case")->setText(u"C-9"_s);
        dialog.findChild<QCheckBox*>(u"unredacted"_s)->click();
        QCOMPARE(details(), uR"({"authority":"order 7 O 12/26","case":"C-9","redact":false})"_s);
        line("authority")->clear();
        line("case")->clear();
        dialog.findChild<QCheckBox*>(u"unredacted"_s)->click();

        dialog.findChild<QRadioButton*>(u"ai_act_art73"_s)->click();
        QCOMPARE(details(), uR"({"art73":{"report_type":"initial"}})"_s);
        dialog.findChild<QCheckBox*>(u"aware"_s)->click();
        dialog.findChild<QDateTimeEdit*>(u"aware_at"_s)
            ->setDateTime(QDateTime(QDate(2026, 11, 21), QTime(10, 0), Qt::UTC));
        box("circumstance")->setCurrentIndex(1);
        box("limb")->setCurrentIndex(2);
        QCOMPARE(details(),
                 uR"({"art73":{"report_type":"initial","circumstance":"critical_infrastructure",)"
                 uR"("awareness_at":"2026-11-21T10:00:00Z","fields":{"limb":"b"}}})"_s);

        dialog.findChild<QRadioButton*>(u"legal_discovery"_s)->click();
        QVERIFY(line("prefix")->isVisible());
        line("prefix")->setText(u"ACME"_s);
        QFile kept(m_folder.filePath(u"kept.json"_s));
        QVERIFY(kept.open(QIODevice::WriteOnly));
        kept.write(R"({"passages":[{"text":"auto-renew","basis":"b","description":"d"}]})");
        kept.close();
        line("kept")->setText(m_folder.filePath(u"none.json"_s));
        dialog.accept();
        QVERIFY2(dialog.isVisible() && dialog.reason().contains(u"none.json"_s),
                 qPrintable(dialog.reason()));
        line("kept")->setText(kept.fileName());
        QCOMPARE(details(),
                 uR"({"production":{"passages":[{"text":"auto-renew","basis":"b",)"
                 uR"("description":"d"}],"prefix":"ACME"}})"_s);
        dialog.accept();
        QVERIFY(!dialog.isVisible());
    }

    void whatWasEnteredReachesTheServer()
    {
        const auto id = window().services().selection->hit()->incident.incidentId.text();
        auto& exports = pane<ui::RecordPane>(u"record"_s)->exports();
        domain::ExportChoice choice{"ai_act_art73", {"full_trace"}, "test"};
        choice.details
            = {{"art73",
                JsonObject{{"circumstance", "death"}, {"fields", JsonObject{{"limb", "b"}}}}}};
        exports.exportTo(m_folder.filePath(u"draft.pdf"_s), id, choice, false);
        auto& jobs = *window().services().jobs;
        QTRY_COMPARE_WITH_TIMEOUT(jobs.running(), 0, kPatience);
        QVERIFY(!QFile::exists(m_folder.filePath(u"draft.pdf"_s)));
        choice.details = {{"art73", JsonObject{{"circumstance", "death"}}}};
        QSignalSpy written(&exports, &ui::IncidentExport::written);
        exports.exportTo(m_folder.filePath(u"draft.pdf"_s), id, choice, false);
        QVERIFY(written.wait(kPatience));
    }

    void evidenceForAnAuditorIsExportedFromAnIncident()
    {
        const auto id = window().services().selection->hit()->incident.incidentId.text();
        const QString path = m_folder.filePath(u"soc2.pdf"_s);
        auto& exports = pane<ui::RecordPane>(u"record"_s)->exports();
        QSignalSpy written(&exports, &ui::IncidentExport::written);
        exports.exportTo(path, id, {"soc2", {"full_trace"}, "audit"}, false);
        QVERIFY(written.wait(kPatience));
        QFile file(path);
        QVERIFY(file.open(QIODevice::ReadOnly));
        QCOMPARE(file.read(5), QByteArray("%PDF-"));
    }

private:
    QTemporaryDir m_folder;
};

} // namespace exhibit::console

EXHIBIT_GUI_TEST_MAIN(exhibit::console::ExportTest)
#include "export_test.moc"
