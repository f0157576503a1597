// SPDX-License-Identifier: Apache-2.0
#include "app/console/session_store.h"

#include <QDate>
#include <QDir>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QLocale>
#include <QSaveFile>
#include <QSettings>

namespace exhibit::console {
namespace {

using namespace Qt::StringLiterals;

constexpr qsizetype kRecentMax = 5;

} // namespace

SessionStore::SessionStore(QString folder)
    : m_folder(std::move(folder))
{
    QDir().mkpath(m_folder);
}

void SessionStore::saveWindow(const ui::MainWindow& window) const
{
    QSettings settings;
    settings.setValue(u"window/geometry"_s, window.saveGeometry());
    if (!window.isHome()) {
        settings.setValue(u"window/layout"_s, window.saveState(ui::kLayoutVersion));
    }
}

void SessionStore::restoreWindow(ui::MainWindow& window) const
{
    const QSettings settings;
    window.restoreGeometry(settings.value(u"window/geometry"_s).toByteArray());
    if (!window.isHome()) {
        window.restoreState(settings.value(u"window/layout"_s).toByteArray(), ui::kLayoutVersion);
    }
    ui::Layouts::bringOnScreen(&window);
}

void SessionStore::saveState(const SessionState& state) const
{
    QJsonObject notes;
    for (auto it = state.notes.begin(); it != state.notes.end(); ++it) {
        notes.insert(it.key(), it.value());
    }
    const QJsonObject object{{u"version"_s, 1},
                             {u"server"_s, state.server},
                             {u"query"_s, state.query},
                             {u"incident"_s, state.incident},
                             {u"order"_s, state.order},
                             {u"records"_s, QJsonArray::fromStringList(state.records)},
                             {u"notes"_s, notes}};
    QSaveFile file(m_folder + u"/session.json"_s);
    if (file.open(QIODevice::WriteOnly)) {
        file.write(QJsonDocument(object).toJson());
        file.commit();
    }
}

SessionState SessionStore::readState() const
{
    QFile file(m_folder + u"/session.json"_s);
    if (!file.open(QIODevice::ReadOnly)) {
        return {};
    }
    const QJsonObject object = QJsonDocument::fromJson(file.readAll()).object();
    QMap<QString, QString> notes;
    const QJsonObject kept = object.value("notes"_L1).toObject();
    for (auto it = kept.begin(); it != kept.end(); ++it) {
        notes.insert(it.key(), it.value().toString());
    }
    return {object.value("server"_L1).toString(),
            object.value("query"_L1).toString(),
            object.value("incident"_L1).toString(),
            object.value("order"_L1).toString(),
            object.value("records"_L1).toVariant().toStringList(),
            notes};
}

bool SessionStore::crashed() const
{
    return QFile::exists(m_folder + u"/running"_s);
}

void SessionStore::beginRun() const
{
    QFile file(m_folder + u"/running"_s);
    if (!file.open(QIODevice::WriteOnly)) {
        qWarning("the session folder %s cannot be written", qPrintable(m_folder));
    }
}

void SessionStore::endCleanly() const
{
    QFile::remove(m_folder + u"/running"_s);
}

void SessionStore::rememberServer(const QString& address) const
{
    QSettings settings;
    QStringList servers = settings.value(u"servers"_s).toStringList();
    servers.removeAll(address);
    servers.prepend(address);
    settings.setValue(u"servers"_s, servers.mid(0, kRecentMax));
    settings.setValue(u"server_days/"_s + QString::fromLatin1(address.toUtf8().toBase64()),
                      QDate::currentDate().toString(Qt::ISODate));
}

QList<QPair<QString, QString>> SessionStore::recentServers() const
{
    const QSettings settings;
    QList<QPair<QString, QString>> recent;
    for (const QString& address : settings.value(u"servers"_s).toStringList()) {
        const QString key = u"server_days/"_s + QString::fromLatin1(address.toUtf8().toBase64());
        const QDate day = QDate::fromString(settings.value(key).toString(), Qt::ISODate);
        recent << qMakePair(address, QLocale().toString(day, u"d MMM"_s));
    }
    return recent;
}

} // namespace exhibit::console
