// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/console/console.h"
#include "tests/gui/own_settings.h"
#include "tests/gui/safe_console.h"
#include "tests/gui/sample_server.h"
#include "ui/search/search_controller.h"
#include "ui/widgets/message_bar.h"

#include <QAbstractButton>
#include <QDockWidget>
#include <QTest>

#include <memory>

namespace exhibit::test {

/// A console in safe mode, connected to a real exhibitd with the incidents of the six stories, for
/// test objects to inherit.
class ConsoleOnServer {
protected:
    static constexpr int kPatience = 15'000;

    void startConsole(const QString& name)
    {
        useOwnSettings(name);
        QVERIFY2(m_server.start(), "exhibit-demo --stay did not get ready");
        m_console = openSafeConsole();
        m_console->connection().open(m_server.url(), Secret(m_server.key().toStdString()));
        QTRY_VERIFY_WITH_TIMEOUT(!window().isHome(), kPatience);
        QTRY_COMPARE_WITH_TIMEOUT(search().state(), ui::SearchState::Done, kPatience);
        // Of what a test does at the server before that nobody is told.
        QTRY_VERIFY_WITH_TIMEOUT(m_console->hub().isListening(), kPatience);
    }

    /// With the key of the server, and out of safe mode: what a person starts.
    [[nodiscard]] console::CommandLine unsafeOptions() const
    {
        console::CommandLine options;
        options.newInstance = true;
        options.keyFile = m_server.keyFile();
        return options;
    }

    void startAnother(const console::CommandLine& options)
    {
        m_console.reset(); // There is one theme, and one console, in a process.
        m_console = std::make_unique<console::Console>(options);
        m_console->openWindow();
        m_console->begin();
    }

    void stopConsole()
    {
        m_console.reset();
        m_server.stop();
    }

    /// A search, and its rows.
    void find(const QString& query, const ui::ResultOrder& order = {})
    {
        search().show({query, order});
        QTRY_COMPARE_WITH_TIMEOUT(search().state(), ui::SearchState::Done, kPatience);
    }

    ui::MainWindow& window() { return m_console->window(); }
    ui::SearchController& search() { return ui::SearchController::of(window().services()); }
    ui::ResultsModel& rows() { return search().results(); }
    static QAbstractButton* buttonOf(ui::MessageBar& bar, const QString& text)
    {
        for (auto* button : bar.findChildren<QAbstractButton*>()) {
            if (button->text() == text) {
                return button;
            }
        }
        qFatal("no such button");
    }
    template <class T>
    T* pane(const QString& id)
    {
        return qobject_cast<T*>(qobject_cast<QDockWidget*>(window().pane(id))->widget());
    }

    SampleServer m_server;
    std::unique_ptr<console::Console> m_console;
};

} // namespace exhibit::test
