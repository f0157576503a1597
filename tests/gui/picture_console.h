// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/console/console.h"
#include "tests/gui/picture_source.h"

namespace exhibit::test {

/// A console in safe mode on the incidents of PictureSource; its window is open.
inline std::unique_ptr<console::Console> pictureConsole(const QString& theme = {})
{
    console::CommandLine options;
    options.safeMode = true;
    options.theme = theme;
    auto opened = std::make_unique<console::Console>(options);
    opened->openWindow();
    opened->hub().setSource(std::make_shared<PictureSource>(),
                            QStringLiteral("exhibit.example"),
                            QStringLiteral("https://exhibit.example/gateway"));
    opened->window().showHome(false);
    return opened;
}

} // namespace exhibit::test
