// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QString>
#include <QStringList>

#include <optional>

namespace exhibit::console {

struct CommandLine {
    QString server; ///< Empty: EXHIBIT_SERVER, else what the session had.
    QString keyFile; ///< Empty: EXHIBIT_API_KEY, else the key store.
    QString query;
    QString screenshotDir; ///< Not empty: renders every workspace there and ends.
    QString theme;
    QString programs; ///< Folder of exhibitd and exhibit-demo. Empty: that of this program.
    bool safeMode = false; ///< Default layout, no session.
    bool newInstance = false;
    QStringList files;
};

/// Prints help, version or what is wrong and answers with the exit code, or gives the options.
[[nodiscard]] std::optional<int> readCommandLine(const QStringList& arguments, CommandLine& into);

} // namespace exhibit::console
