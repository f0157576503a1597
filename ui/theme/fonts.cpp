// SPDX-License-Identifier: Apache-2.0
#include "ui/theme/fonts.h"

#include <QFontDatabase>
#include <QStringList>

namespace exhibit::ui {
namespace {

using namespace Qt::StringLiterals;

struct TypeStyle {
    double points;
    QFont::Weight weight;
};

constexpr TypeStyle kScale[] = {
    {16.5, QFont::DemiBold},
    {13.5, QFont::Bold},
    {12, QFont::DemiBold},
    {11.25, QFont::DemiBold},
    {15, QFont::DemiBold},
    {9.75, QFont::Normal},
    {9.375, QFont::Normal},
    {9, QFont::Normal},
    {8.25, QFont::Normal},
    {7.875, QFont::Bold},
    {9, QFont::Normal},
};

bool systemFont = false;

QStringList families(TypeRole role)
{
    if (role == TypeRole::Mono) {
        return {u"JetBrains Mono"_s, u"DejaVu Sans Mono"_s};
    }
    if (systemFont) {
        return QFontDatabase::systemFont(QFontDatabase::GeneralFont).families();
    }
    return {u"Exhibit Sans"_s, u"Inter"_s, u"DejaVu Sans"_s};
}

} // namespace

void loadFonts()
{
    for (const auto* name : {"ExhibitSans-Regular.otf",
                             "ExhibitSans-SemiBold.otf",
                             "ExhibitSans-Bold.otf",
                             "JetBrainsMono-Regular.ttf",
                             "JetBrainsMono-Bold.ttf"}) {
        if (QFontDatabase::addApplicationFont(u":/fonts/"_s + QLatin1StringView(name)) < 0) {
            qWarning("the bundled font %s cannot be used", name);
        }
    }
}

QFont typeFont(TypeRole role)
{
    const auto& style = kScale[static_cast<std::size_t>(role)];
    QFont font;
    font.setFamilies(families(role));
    font.setPointSizeF(style.points);
    font.setWeight(style.weight);
    if (role == TypeRole::Label) {
        font.setLetterSpacing(QFont::PercentageSpacing, 105);
    }
    if (role == TypeRole::Mono) {
        font.setStyleHint(QFont::Monospace);
    }
    return font;
}

QFont boldFont(TypeRole role)
{
    QFont bold = typeFont(role);
    bold.setWeight(role == TypeRole::Mono ? QFont::Bold : QFont::DemiBold);
    return bold;
}

void useSystemFont(bool use)
{
    systemFont = use;
}

bool usesSystemFont()
{
    return systemFont;
}

} // namespace exhibit::ui
