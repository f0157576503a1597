// SPDX-License-Identifier: Apache-2.0
#include "app/console/borrowed_settings.h"

#include "models/base/assert.h"

#include <QDataStream>
#include <QIODevice>

namespace exhibit::console {
namespace {

/// A format of its own: the paths of the platform's own formats cannot be set everywhere, nor asked
/// for, to set them back.
QSettings::Format borrowedFormat()
{
    static const auto format = QSettings::registerFormat(
        QStringLiteral("borrowed"),
        [](QIODevice& device, QSettings::SettingsMap& map) {
            QDataStream stream(&device);
            stream >> map;
            return stream.status() == QDataStream::Ok || device.size() == 0;
        },
        [](QIODevice& device, const QSettings::SettingsMap& map) {
            QDataStream stream(&device);
            stream << map;
            return stream.status() == QDataStream::Ok;
        });
    return format;
}

} // namespace

BorrowedSettings::BorrowedSettings()
    : m_format(QSettings::defaultFormat())
{
    EXHIBIT_ASSERT(borrowedFormat() != QSettings::InvalidFormat);
    const QSettings users;
    QSettings::setPath(borrowedFormat(), QSettings::UserScope, m_folder.path());
    QSettings::setPath(borrowedFormat(), QSettings::SystemScope, m_folder.path());
    QSettings::setDefaultFormat(borrowedFormat());
    QSettings copy;
    for (const QString& key : users.allKeys()) {
        copy.setValue(key, users.value(key));
    }
    copy.sync();
}

BorrowedSettings::~BorrowedSettings()
{
    QSettings::setDefaultFormat(m_format);
}

} // namespace exhibit::console
