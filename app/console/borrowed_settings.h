// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QSettings>
#include <QTemporaryDir>

namespace exhibit::console {

/// While it lives, every QSettings of the program is a copy in a folder of its own: what the user
/// keeps is read and never written. One at a time; before the first window.
class BorrowedSettings {
public:
    BorrowedSettings();
    ~BorrowedSettings();
    BorrowedSettings(const BorrowedSettings&) = delete;
    BorrowedSettings& operator=(const BorrowedSettings&) = delete;

private:
    QTemporaryDir m_folder;
    QSettings::Format m_format; ///< The user's.
};

} // namespace exhibit::console
