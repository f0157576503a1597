// SPDX-License-Identifier: Apache-2.0
// Every format that the export dialog offers, against a real server.
#include "tests/gui/console_on_server.h"
#include "tests/gui/stall_monitor.h"
#include "ui/detail/export_dialog.h"
#include "ui/detail/incident_export.h"
#include "ui/detail/record_pane.h"
#include "ui/search/results_pane.h"
#include "ui/search/results_view.h"

#include <QFile>
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
