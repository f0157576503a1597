// SPDX-License-Identifier: Apache-2.0
// What a screen reader finds: the program on an X display, read over the bus that Orca reads.
#include "tests/gui/sample_server.h"

#include <QCoreApplication>
#include <QDBusArgument>
#include <QDBusConnection>
#include <QDBusMessage>
#include <QDBusMetaType>
#include <QDBusReply>
#include <QSet>
#include <QTemporaryDir>
#include <QTest>

#include <algorithm>
#include <optional>

namespace exhibit::test {

/// An object on the bus of assistive technology.
struct Accessible {
    QString service;
    QDBusObjectPath path;
};

QDBusArgument& operator<<(QDBusArgument& out, const Accessible& one)
{
    out.beginStructure();
    out << one.service << one.path;
    out.endStructure();
    return out;
}

const QDBusArgument& operator>>(const QDBusArgument& in, Accessible& one)
{
    in.beginStructure();
    in >> one.service >> one.path;
    in.endStructure();
    return in;
}

namespace {

using namespace Qt::StringLiterals;

constexpr int kPatience = 30'000;
constexpr int kObjectsMax = 4000;
constexpr auto kAccessible = "org.a11y.atspi.Accessible"_L1;

} // namespace

} // namespace exhibit::test

Q_DECLARE_METATYPE(exhibit::test::Accessible)

namespace exhibit::test {

class AccessibilityTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        qDBusRegisterMetaType<Accessible>();
        qDBusRegisterMetaType<QList<Accessible>>();
        QVERIFY2(m_server.start(), "exhibit-demo --stay did not get ready");
        // -noreset: when its last client leaves, an X server begins anew and drops whoever comes
        // meanwhile, and the bus of assistive technology looks in briefly before the console does.
        m_display.start(u"Xvfb"_s,
                        {u"-noreset"_s,
                         u"-displayfd"_s,
                         u"1"_s,
                         u"-screen"_s,
                         u"0"_s,
                         u"1600x1000x24"_s,
                         u"-nolisten"_s,
                         u"tcp"_s});
        QVERIFY2(m_display.waitForReadyRead(kPatience), "Xvfb (package xvfb) did not start");
        const QString display = u":"_s + QString::fromLatin1(m_display.readLine().trimmed());
        auto environment = QProcessEnvironment::systemEnvironment();
        environment.insert(u"DISPLAY"_s, display);
        environment.insert(u"HOME"_s, m_home.path());
        environment.insert(u"XDG_RUNTIME_DIR"_s, m_home.path());
        environment.insert(u"GTK_MODULES"_s, QString());
        m_bus.setProcessEnvironment(environment);
        m_bus.start(u"dbus-daemon"_s,
                    {u"--session"_s, u"--print-address"_s, u"--nofork"_s, u"--nopidfile"_s});
        QVERIFY2(m_bus.waitForReadyRead(kPatience), "dbus-daemon (package dbus) did not start");
        const QString address = QString::fromLatin1(m_bus.readLine().trimmed());
        environment.insert(u"DBUS_SESSION_BUS_ADDRESS"_s, address);
        environment.insert(u"QT_QPA_PLATFORM"_s, u"xcb"_s);
        environment.insert(u"QT_LINUX_ACCESSIBILITY_ALWAYS_ON"_s, u"1"_s);
        auto session = QDBusConnection::connectToBus(address, u"session"_s);
        const QDBusReply<QString> reading = session.call(QDBusMessage::createMethodCall(
            u"org.a11y.Bus"_s, u"/org/a11y/bus"_s, u"org.a11y.Bus"_s, u"GetAddress"_s));
        QVERIFY2(reading.isValid(), "the bus of package at-spi2-core did not start");
        m_reading.emplace(QDBusConnection::connectToBus(reading.value(), u"reading"_s));
        m_program.setProcessChannelMode(QProcess::ForwardedErrorChannel);
        m_program.setProcessEnvironment(environment);
        m_program.start(qEnvironmentVariable("EXHIBIT_BIN_DIR") + u"/exhibit"_s,
                        {u"--safe-mode"_s,
                         u"--new-instance"_s,
                         u"--server"_s,
                         m_server.url(),
                         u"--key-file"_s,
                         m_server.keyFile()});
        QVERIFY(m_program.waitForStarted(kPatience));
    }

    void cleanupTestCase()
    {
        for (QProcess* process : {&m_program, &m_bus, &m_display}) {
            process->terminate();
            process->waitForFinished(kPatience);
        }
        m_server.stop();
    }

    void everyPaneIsNamed()
    {
        const QSet<QString> wanted{u"Results"_s,
                                   u"Facets"_s,
                                   u"Filter facets"_s,
                                   u"Incidents"_s,
                                   u"Timeline"_s,
                                   u"Record"_s};
        QTRY_VERIFY_WITH_TIMEOUT(ended() || names().contains(wanted), 2 * kPatience);
        QVERIFY2(!ended(), "the console ended");
    }

    void theRowsCanBeRead()
    {
        QTRY_VERIFY_WITH_TIMEOUT(ended() || hasNameLike(u"Severity: "_s), 2 * kPatience);
        QVERIFY2(!ended(), "the console ended");
    }

    void theBarsOfTheHistogramCanBeRead()
    {
        const auto isRead = [this] {
            const auto& all = names();
            return std::any_of(all.begin(), all.end(), [](const QString& name) {
                return name.contains(u", bar 1 of "_s);
            });
        };
        QTRY_VERIFY_WITH_TIMEOUT(ended() || isRead(), 2 * kPatience);
        QVERIFY2(!ended(), "the console ended");
    }

private:
    bool ended() const { return m_program.state() == QProcess::NotRunning; }

    template <class T>
    T ask(const Accessible& of,
          const QString& interface,
          const QString& method,
          const QVariantList& arguments)
    {
        auto call = QDBusMessage::createMethodCall(of.service, of.path.path(), interface, method);
        call.setArguments(arguments);
        const QDBusReply<T> reply = m_reading->call(call, QDBus::Block, kPatience);
        return reply.isValid() ? reply.value() : T();
    }

    QList<Accessible> children(const Accessible& of)
    {
        return ask<QList<Accessible>>(of, kAccessible, u"GetChildren"_s, {});
    }

    QString nameOf(const Accessible& one)
    {
        return ask<QDBusVariant>(one,
                                 u"org.freedesktop.DBus.Properties"_s,
                                 u"Get"_s,
                                 {QString(kAccessible), u"Name"_s})
            .variant()
            .toString();
    }

    bool hasNameLike(const QString& beginning)
    {
        const auto& all = names();
        return std::any_of(all.begin(), all.end(), [&](const QString& name) {
            return name.startsWith(beginning);
        });
    }

    /// Of everything below the desktop that any program shows.
    const QSet<QString>& names()
    {
        m_names.clear();
        QList<Accessible> open{
            {u"org.a11y.atspi.Registry"_s, QDBusObjectPath(u"/org/a11y/atspi/accessible/root"_s)}};
        for (int i = 0; i < open.size() && i < kObjectsMax; ++i) {
            const QString name = nameOf(open.at(i));
            if (!name.isEmpty()) {
                m_names << name;
            }
            open << children(open.at(i));
        }
        return m_names;
    }

    QTemporaryDir m_home;
    SampleServer m_server;
    QProcess m_display;
    QProcess m_bus;
    QProcess m_program;
    std::optional<QDBusConnection> m_reading;
    QSet<QString> m_names;
};

} // namespace exhibit::test

QTEST_GUILESS_MAIN(exhibit::test::AccessibilityTest)
#include "accessibility_test.moc"
