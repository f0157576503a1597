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
            {u"panes"_s, window.panes},
            {u"page"_s, window.page},
            {u"files"_s, QJsonArray::fromStringList(window.files)}};
}

WindowState windowFrom(const QJsonObject& object)
{
    return {object.value("query"_L1).toString(),
            object.value("incident"_L1).toString(),
            object.value("order"_L1).toString(),
            bytesIn(object, "geometry"_L1),
            bytesIn(object, "layout"_L1),
            object.value("panes"_L1).toObject(),
            object.value("page"_L1).toString(),
            object.value("files"_L1).toVariant().toStringList()};
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

QString dayKeyOf(const QString& address)
{
    return u"server_days/"_s + QString::fromLatin1(address.toUtf8().toBase64());
}

QByteArray textOf(const QJsonObject& object)
{
    return QJsonDocument(object).toJson(QJsonDocument::Compact);
}

/// As many as have room; an object's size is its own and a comma.
template <class States, class Lighter>
QJsonArray listOf(const States& states, qint64& room, Lighter lighter)
{
    QJsonArray list;
    for (auto state : states) {
        QJsonObject object = toJson(state);
        if (textOf(object).size() + 1 > room) {
            lighter(state);
            object = toJson(state);
        }
        const qint64 size = textOf(object).size() + 1;
        if (size <= room) {
            room -= size;
            list << object;
        }
    }
    return list;
}

void writeFile(const QString& path, const QJsonObject& object)
{
    QSaveFile file(path);
    if (file.open(QIODevice::WriteOnly)) {
        file.write(textOf(object));
        file.commit();
    }
}

QJsonObject readFile(const QString& path, qint64 bytesMax)
{
    QFile file(path);
    const bool isFine = file.open(QIODevice::ReadOnly) && file.size() <= bytesMax;
    return isFine ? QJsonDocument::fromJson(file.readAll()).object() : QJsonObject();
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
    QJsonObject object{{u"version"_s, 2}, {u"server"_s, state.server}};
    constexpr qint64 kMembers = 64; // The names of the lists, and their brackets.
    qint64 room = kFileBytesMax - kMembers - textOf(object).size();
    if (room < 0) {
        return; // It would not be read.
    }
    object.insert(u"windows"_s,
                  listOf(state.windows.mid(0, kWindowsMax), room, [](WindowState& window) {
                      window.query.clear(); // A part of one would be another.
                      window.files.clear();
                  }));
    object.insert(u"records"_s,
                  listOf(state.records.mid(0, kRecordsMax), room, [](RecordState& record) {
                      record.panes = {};
                  }));
    writeFile(m_folder + u"/session.json"_s, object);
}

SessionState SessionStore::readState() const
{
    const QJsonObject object = readFile(m_folder + u"/session.json"_s, kFileBytesMax);
    SessionState state{object.value("server"_L1).toString(), {}, {}};
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
    return state;
}

void SessionStore::saveNotes(const ui::NoteDrafts::Texts& notes) const
{
    QJsonArray list;
    for (auto it = notes.begin(); it != notes.end(); ++it) {
        list << QJsonObject{{u"server"_s, it.key().first},
                            {u"incidents"_s, it.key().second},
                            {u"text"_s, it.value()}};
    }
    writeFile(m_folder + u"/notes.json"_s, {{u"version"_s, 1}, {u"notes"_s, list}});
}

ui::NoteDrafts::Texts SessionStore::readNotes() const
{
    ui::NoteDrafts::Texts notes;
    const QJsonObject object = readFile(m_folder + u"/notes.json"_s, kNotesBytesMax);
    for (const QJsonValue& note : object.value("notes"_L1).toArray()) {
        const ui::NoteDrafts::Key key{note["server"_L1].toString(),
                                      note["incidents"_L1].toString()};
        if (notes.size() < ui::NoteDrafts::kDraftsMax && !key.second.isEmpty()) {
            notes.insert(key, note["text"_L1].toString());
        }
    }
    return notes;
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
    settings.setValue(dayKeyOf(address), QDate::currentDate().toString(Qt::ISODate));
}

void SessionStore::forgetServer(const QString& address) const
{
    QSettings settings;
    QStringList servers = settings.value(u"servers"_s).toStringList();
    servers.removeAll(address);
    settings.setValue(u"servers"_s, servers);
    settings.remove(dayKeyOf(address));
}

QList<QPair<QString, QString>> SessionStore::recentServers() const
{
    const QSettings settings;
    QList<QPair<QString, QString>> recent;
    for (const QString& address : settings.value(u"servers"_s).toStringList()) {
        const QDate day
            = QDate::fromString(settings.value(dayKeyOf(address)).toString(), Qt::ISODate);
        recent << qMakePair(address, QLocale().toString(day, u"d MMM"_s));
    }
    return recent;
}

} // namespace exhibit::console
