// SPDX-License-Identifier: Apache-2.0
// Keys where no key store of the platform runs: in files that only the user can read.
#include "app/console/key_store.h"

#include <QDir>
#include <QFileInfo>
#include <QProcess>
#include <QScopeGuard>
#include <QTemporaryDir>
#include <QTest>

namespace exhibit::console {
namespace {

using namespace Qt::StringLiterals;

constexpr auto kOthers = QFile::ReadGroup | QFile::WriteGroup | QFile::ExeGroup | QFile::ReadOther
    | QFile::WriteOther | QFile::ExeOther;

} // namespace

class KeyStoreTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_folder = std::make_unique<QTemporaryDir>();
        QVERIFY(m_folder->isValid());
    }

    void aKeyComesBackForItsServerAlone()
    {
        KeyStore store(keys(), false, nullptr);
        QVERIFY2(store.note().contains(keys()), "one should know where it goes");
        QCOMPARE(write(store, u"https://one.example"_s, "exk_one"), QString());
        QCOMPARE(write(store, u"https://two.example"_s, "exk_two"), QString());
        KeyStore later(keys(), false, nullptr);
        QCOMPARE(read(later, u"https://one.example"_s), std::string("exk_one"));
        QCOMPARE(read(later, u"https://two.example"_s), std::string("exk_two"));
        QCOMPARE(read(later, u"https://three.example"_s), std::string());
        QCOMPARE(write(store, u"https://one.example"_s, "exk_new"), QString());
        QCOMPARE(read(later, u"https://one.example"_s), std::string("exk_new"));
        QString error = u"not told"_s;
        store.forget(u"https://one.example"_s, [&error](const QString& said) { error = said; });
        QCOMPARE(error, QString());
        QCOMPARE(read(later, u"https://one.example"_s), std::string());
        QCOMPARE(read(later, u"https://two.example"_s), std::string("exk_two"));
    }

    void nobodyElseCanReadIt()
    {
        KeyStore store(keys(), false, nullptr);
        QCOMPARE(write(store, u"https://one.example"_s, "exk_one"), QString());
        QVERIFY(!(QFileInfo(keys()).permissions() & kOthers));
        const auto files = QDir(keys()).entryInfoList(QDir::Files | QDir::Hidden);
        QCOMPARE(files.size(), 1);
        QVERIFY(!(files.front().permissions() & (kOthers | QFile::ExeOwner)));
        QVERIFY2(!files.front().fileName().contains(u"one.example"_s), "nor tell whose it is");
    }

    void aKeyThatCannotBeKeptSaysWhy()
    {
        QFile inTheWay(keys());
        QVERIFY(inTheWay.open(QIODevice::WriteOnly)); // A file where the folder would be.
        KeyStore store(keys(), false, nullptr);
        QVERIFY(!write(store, u"https://one.example"_s, "exk_one").isEmpty());
        QCOMPARE(read(store, u"https://one.example"_s), std::string());
    }

    void aBusWithoutAKeyStoreSaysSoAndTheKeyIsKept()
    {
        QProcess bus;
        bus.start(u"dbus-daemon"_s, {u"--session"_s, u"--nofork"_s, u"--print-address"_s});
        if (!bus.waitForStarted() || !bus.waitForReadyRead()) {
            QSKIP("there is no dbus-daemon on this machine");
        }
        // No service file is found, so that nothing is started on demand.
        qputenv("DBUS_SESSION_BUS_ADDRESS", bus.readLine().trimmed());
        const auto leave = qScopeGuard([&bus] {
            qunsetenv("DBUS_SESSION_BUS_ADDRESS");
            bus.terminate();
            bus.waitForFinished();
        });
        keepsAndSaysWhere();
    }

    void aBusThatIsNotThereSaysSoAndTheKeyIsKept()
    {
        qputenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent/bus");
        const auto leave = qScopeGuard([] { qunsetenv("DBUS_SESSION_BUS_ADDRESS"); });
        keepsAndSaysWhere();
    }

private:
    /// With the platform's store, as far as there is one.
    void keepsAndSaysWhere()
    {
        KeyStore store(keys(), true, nullptr);
        QVERIFY2(store.note().isEmpty(), "nothing is known of it yet");
        std::optional<QString> error;
        store.write(u"https://one.example"_s, Secret("exk_one"), [&error](const QString& said) {
            error = said;
        });
        QTRY_VERIFY_WITH_TIMEOUT(error.has_value(), 60'000);
        QCOMPARE(*error, QString());
        QVERIFY2(store.note().contains(keys()), qPrintable(store.note()));
        QVERIFY(QDir(keys()).entryInfoList(QDir::Files).size() == 1);
        std::optional<std::string> key;
        store.read(u"https://one.example"_s, [&key](const Secret& found) { key = found.expose(); });
        QTRY_VERIFY_WITH_TIMEOUT(key.has_value(), 60'000);
        QCOMPARE(*key, std::string("exk_one"));
    }

    QString keys() const { return m_folder->filePath(u"keys"_s); }

    static QString write(KeyStore& store, const QString& server, const char* key)
    {
        QString error = u"not answered"_s;
        store.write(server, Secret(key), [&error](const QString& said) { error = said; });
        return error;
    }
    static std::string read(KeyStore& store, const QString& server)
    {
        std::string key = "not answered";
        store.read(server, [&key](const Secret& found) { key = found.expose(); });
        return key;
    }

    std::unique_ptr<QTemporaryDir> m_folder;
};

} // namespace exhibit::console

QTEST_MAIN(exhibit::console::KeyStoreTest)
#include "key_store_test.moc"
