// SPDX-License-Identifier: Apache-2.0
#include "ui/windows/export_phase.h"

#include "ui/text.h"

#include <QCoreApplication>

namespace exhibit::ui {

QString exportPhaseText(const std::string& phase)
{
    static const std::pair<std::string_view, const char*> kTexts[]
        = {{"", QT_TRANSLATE_NOOP("Export", "waiting for its turn")},
           {"reading", QT_TRANSLATE_NOOP("Export", "reading the record")},
           {"pack", QT_TRANSLATE_NOOP("Export", "making the evidence pack")},
           {"pages", QT_TRANSLATE_NOOP("Export", "setting the pages")},
           {"rows", QT_TRANSLATE_NOOP("Export", "writing the rows")},
           {"storing", QT_TRANSLATE_NOOP("Export", "storing the file")},
           {"fetching", QT_TRANSLATE_NOOP("Export", "fetching the file")}};
    for (const auto& [name, text] : kTexts) {
        if (name == phase) {
            return QCoreApplication::translate("Export", text);
        }
    }
    return toQt(phase);
}

} // namespace exhibit::ui
