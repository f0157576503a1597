// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QCoreApplication>
#include <QStandardPaths>
#include <QString>

namespace exhibit::test {

/// Settings that no console of a person and no other test run has. Before the first QSettings.
inline void useOwnSettings(const QString& test)
{
    QStandardPaths::setTestModeEnabled(true);
    QCoreApplication::setOrganizationName(QStringLiteral("ExhibitTest"));
    QCoreApplication::setApplicationName(
        QStringLiteral("%1-%2").arg(test).arg(QCoreApplication::applicationPid()));
}

} // namespace exhibit::test
