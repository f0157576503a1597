// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QList>
#include <QString>
#include <QStringList>

namespace exhibit::ui {

struct RecentFile {
    QString path;
    QString when; ///< The day it was opened last, for people.
    bool isMissing = false; ///< Nothing is there now.

    [[nodiscard]] QString name() const;
};

/// The evidence that was opened last, in the settings. What its verification found is not kept: a
/// verdict is of what a file holds when it is read.
class RecentFiles {
public:
    static constexpr qsizetype kFilesMax = 5;

    /// The last one of `paths` stands first then.
    static void remember(const QStringList& paths);
    [[nodiscard]] static QList<RecentFile> list(); ///< Newest first.
    static void clear();
};

} // namespace exhibit::ui
