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

QString printed(const QByteArray& bytes)
{
    return QString::fromLatin1(bytes.toBase64());
}

QByteArray bytesIn(const QJsonObject& object, QLatin1StringView member)
{
    return QByteArray::fromBase64(object.value(member).toString().toLatin1());
}

QJsonObject toJson(const WindowState& window)
{
    return {{u"query"_s, window.query},
            {u"incident"_s, window.incident},
            {u"order"_s, window.order},
            {u"geometry"_s, printed(window.geometry)},
            {u"layout"_s, printed(window.layout)},
            {u"panes"_s, window.panes}};
}

WindowState windowFrom(const QJsonObject& object)
{
    return {object.value("query"_L1).toString(),
            object.value("incident"_L1).toString(),
            object.value("order"_L1).toString(),
            bytesIn(object, "geometry"_L1),
            bytesIn(object, "layout"_L1),
            object.value("panes"_L1).toObject()};
}

QJsonObject toJson(const RecordState& record)
{
    return {{u"incident"_s, record.incident},
            {u"geometry"_s, printed(record.geometry)},
            {u"panes"_s, record.panes}};
}

RecordState recordFrom(const QJsonValue& value)
{
    if (value.isString()) {
        return {value.toString(), {}, {}};
    }
    const QJsonObject object = value.toObject();
    return {object.value("incident"_L1).toString(),
            bytesIn(object, "geometry"_L1),
            object.value("panes"_L1).toObject()};
}

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
    QJsonArray windows;
    for (const auto& window : state.windows.mid(0, kWindowsMax)) {
        windows << toJson(window);
    }
    QJsonArray records;
    for (const auto& record : state.records.mid(0, kRecordsMax)) {
        records << toJson(record);
    }
    QJsonObject notes;
    for (auto it = state.notes.begin(); it != state.notes.end(); ++it) {
        notes.insert(it.key(), it.value());
    }
    const QJsonObject object{{u"version"_s, 2},
                             {u"server"_s, state.server},
                             {u"windows"_s, windows},
                             {u"records"_s, records},
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
    if (!file.open(QIODevice::ReadOnly) || file.size() > kFileBytesMax) {
        return {};
    }
    const QJsonObject object = QJsonDocument::fromJson(file.readAll()).object();
    SessionState state{object.value("server"_L1).toString(), {}, {}, {}};
    // The first version held one window, and its records as ids.
    const QJsonArray windows = object.contains("windows"_L1) ? object.value("windows"_L1).toArray()
        : object.isEmpty()                                   ? QJsonArray()
                                                             : QJsonArray{object};
    for (const QJsonValue& window : windows) {
        if (state.windows.size() < kWindowsMax && window.isObject()) {
            state.windows << windowFrom(window.toObject());
        }
    }
    for (const QJsonValue& record : object.value("records"_L1).toArray()) {
        const auto read = recordFrom(record);
        if (state.records.size() < kRecordsMax && !read.incident.isEmpty()) {
            state.records << read;
        }
    }
    const QJsonObject notes = object.value("notes"_L1).toObject();
    for (auto it = notes.begin(); it != notes.end(); ++it) {
        state.notes.insert(it.key(), it.value().toString());
    }
    return state;
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
