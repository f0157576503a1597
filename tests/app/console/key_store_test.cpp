// SPDX-License-Identifier: Apache-2.0
// Keys where no key store of the platform runs: in files that only the user can read.
#include "app/console/key_store.h"

#include <QDir>
#include <QFileInfo>
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
        store.forget(u"https://one.example"_s);
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

private:
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
