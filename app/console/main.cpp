// SPDX-License-Identifier: Apache-2.0
#include "app/console/command_line.h"
#include "app/console/console.h"

#include <QApplication>

int main(int argc, char** argv)
{
    QApplication application(argc, argv);
    QApplication::setOrganizationName(QStringLiteral("Exhibit"));
    QApplication::setApplicationName(QStringLiteral("console"));
    QApplication::setApplicationDisplayName(QStringLiteral("Exhibit"));
    QApplication::setDesktopFileName(QStringLiteral("org.exhibit.Console"));
    QApplication::setApplicationVersion(QStringLiteral(EXHIBIT_VERSION));
    exhibit::console::CommandLine options;
    if (const auto code = exhibit::console::readCommandLine(QApplication::arguments(), options)) {
        return *code;
    }
    exhibit::console::Console console(options);
    return console.run();
}
