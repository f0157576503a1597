// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QString>

namespace exhibit::ui {

/// A name that somebody gave, as a key of settings: those take a stroke for a group of its own.
[[nodiscard]] QString settingKeyOf(const QString& name);
/// The name that was kept under a key.
[[nodiscard]] QString nameOfSettingKey(const QString& key);

} // namespace exhibit::ui
