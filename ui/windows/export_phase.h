// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QString>

#include <string>

namespace exhibit::ui {

/// What a server does of an export, or the console itself, in words: the phase of an ExportJob.
[[nodiscard]] QString exportPhaseText(const std::string& phase);

} // namespace exhibit::ui
