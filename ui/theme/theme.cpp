// SPDX-License-Identifier: Apache-2.0
#include "ui/theme/theme.h"

#include "ui/theme/colour_scheme.h"
#include "ui/theme/fonts.h"
#include "ui/theme/palette.h"
#include "ui/theme/style.h"

#include <QApplication>
#include <QFile>
#include <QJsonDocument>
#include <QJsonObject>
#include <QWidget>

namespace exhibit::ui {
namespace {

using namespace Qt::StringLiterals;

constexpr const char* kRoleNames[kRoleCount] = {
    "window",     "panel",      "base",         "alt",       "hover",    "pressed",     "hairline",
    "line2",      "control",    "text",         "text2",     "text3",    "disabled",    "accent",
    "accentText", "sel",        "selText",      "selIdle",   "inverse",  "inverseText", "plotBar",
    "plotDim",    "plotSpan",   "plotSpanEdge", "brush",     "critical", "high",        "medium",
    "low",        "passed",     "failed",       "unchecked", "warn",     "redact",      "error",
    "failedTint", "passedTint", "warnTint",     "paper",     "ink",
};

Theme* theInstance = nullptr;

std::array<ColourTable, 3> readTokens()
{
    QFile file(u":/themes/tokens.json"_s);
    if (!file.open(QIODevice::ReadOnly)) {
        qFatal("the theme tokens are not in the program");
    }
    const QJsonObject themes
        = QJsonDocument::fromJson(file.readAll()).object().value("themes"_L1).toObject();
    std::array<ColourTable, 3> tables;
    const QLatin1StringView names[] = {"light"_L1, "dark"_L1, "contrast"_L1};
    for (std::size_t theme = 0; theme < tables.size(); ++theme) {
        const QJsonObject colours = themes.value(names[theme]).toObject();
        for (std::size_t role = 0; role < kRoleCount; ++role) {
            QColor& colour = tables[theme][role];
            colour.setNamedColor(colours.value(QLatin1StringView(kRoleNames[role])).toString());
            if (!colour.isValid()) {
                qFatal("a theme has no colour %s", kRoleNames[role]);
            }
        }
    }
    return tables;
}

} // namespace

QString roleName(Role role)
{
    return QString::fromLatin1(kRoleNames[static_cast<std::size_t>(role)]);
}

const ColourTable& coloursOf(ThemeKind kind)
{
    static const auto kTables = readTokens();
    return kTables[static_cast<std::size_t>(kind)];
}

Theme::Theme(QObject* parent)
    : QObject(parent)
{
    theInstance = this;
    loadFonts();
    QApplication::setStyle(new ConsoleStyle); // The application owns it.
    m_system = paletteIsDark(QApplication::palette()) ? ThemeKind::Dark : ThemeKind::Light;
    followSystem();
    apply(m_system);
}

Theme::~Theme()
{
    theInstance = nullptr;
}

Theme& Theme::instance()
{
    if (theInstance == nullptr) {
        qFatal("there is no theme yet");
    }
    return *theInstance;
}

QColor Theme::colour(Role role) const
{
    return coloursOf(m_kind)[static_cast<std::size_t>(role)];
}

void Theme::choose(ThemeChoice choice)
{
    m_choice = choice;
    switch (choice) {
    case ThemeChoice::System:
        return apply(m_system);
    case ThemeChoice::Light:
        return apply(ThemeKind::Light);
    case ThemeChoice::Dark:
        return apply(ThemeKind::Dark);
    case ThemeChoice::Contrast:
        return apply(ThemeKind::Contrast);
    }
}

void Theme::setReducedMotion(bool reduced)
{
    m_reducedMotion = reduced;
    Q_EMIT changed();
}

void Theme::setSystemFont(bool use)
{
    const QStringList before = typeFont(TypeRole::Body).families();
    useSystemFont(use);
    const QStringList families = typeFont(TypeRole::Body).families();
    for (QWidget* widget : QApplication::allWidgets()) {
        QFont font = widget->font();
        if (widget->testAttribute(Qt::WA_SetFont) && font.families() == before) {
            font.setFamilies(families); // Headings and small text; evidence is in another face.
            widget->setFont(font);
        }
    }
    apply(m_kind);
}

void Theme::apply(ThemeKind kind)
{
    m_kind = kind;
    QApplication::setFont(typeFont(TypeRole::Body));
    QApplication::setPalette(paletteOf(coloursOf(kind)));
    for (QWidget* widget : QApplication::allWidgets()) {
        widget->update();
    }
    Q_EMIT changed();
}

void Theme::followSystem()
{
    auto* scheme = new ColourScheme(this); // This owns it.
    connect(scheme, &ColourScheme::told, this, [this](bool dark) {
        m_system = dark ? ThemeKind::Dark : ThemeKind::Light;
        if (m_choice == ThemeChoice::System && m_kind != m_system) {
            apply(m_system);
        }
    });
    scheme->ask();
}

} // namespace exhibit::ui
