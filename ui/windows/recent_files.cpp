// SPDX-License-Identifier: Apache-2.0
#include "ui/windows/recent_files.h"

#include <QDate>
#include <QFileInfo>
#include <QLocale>
#include <QSettings>

namespace exhibit::ui {
namespace {

using namespace Qt::StringLiterals;

constexpr auto kKey = "evidence/recent"_L1; ///< Lists of two: path and ISO day.

} // namespace

QString RecentFile::name() const
{
    return QFileInfo(path).fileName();
}

void RecentFiles::remember(const QStringList& paths)
{
    QSettings settings;
    QVariantList kept = settings.value(kKey).toList();
    for (const QString& path : paths) {
        const QString whole = QFileInfo(path).absoluteFilePath();
        kept.removeIf(
            [&whole](const QVariant& one) { return one.toStringList().value(0) == whole; });
        const QString day = QDate::currentDate().toString(Qt::ISODate);
        kept.prepend(QVariant(QStringList{whole, day}));
    }
    settings.setValue(kKey, kept.mid(0, kFilesMax));
}

QList<RecentFile> RecentFiles::list()
{
    QList<RecentFile> files;
    for (const QVariant& one : QSettings().value(kKey).toList()) {
        const QStringList parts = one.toStringList();
        const QDate day = QDate::fromString(parts.value(1), Qt::ISODate);
        if (parts.size() == 2) {
            files << RecentFile{parts.first(),
                                QLocale().toString(day, u"d MMM"_s),
                                !QFileInfo::exists(parts.first())};
        }
    }
    return files;
}

void RecentFiles::clear()
{
    QSettings().remove(kKey);
}

} // namespace exhibit::ui
