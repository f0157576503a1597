// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/console/console.h"

#include <memory>

namespace exhibit::test {

/// A console in safe mode with its window, connected to nothing.
inline std::unique_ptr<console::Console> openSafeConsole()
{
    console::CommandLine options;
    options.safeMode = true;
    auto opened = std::make_unique<console::Console>(options);
    opened->openWindow();
    return opened;
}

} // namespace exhibit::test
