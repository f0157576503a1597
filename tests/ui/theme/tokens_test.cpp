// SPDX-License-Identifier: Apache-2.0
#include "tests/gui/stall_monitor.h"
#include "ui/theme/contrast.h"
#include "ui/theme/fonts.h"
#include "ui/theme/icons.h"
#include "ui/theme/marks.h"
#include "ui/theme/palette.h"
#include "ui/theme/theme.h"

#include <QFontDatabase>
#include <QFontInfo>
#include <QFontMetricsF>
#include <QImage>
#include <QPainter>
#include <QTest>

namespace exhibit::ui {
namespace {

QColor in(ThemeKind kind, Role role)
{
    return coloursOf(kind)[static_cast<std::size_t>(role)];
}

constexpr ThemeKind kKinds[] = {ThemeKind::Light, ThemeKind::Dark, ThemeKind::Contrast};

QImage drawn(Mark mark)
{
    QImage image(28, 28, QImage::Format_ARGB32_Premultiplied);
    image.fill(colour(Role::Base));
    QPainter painter(&image);
    paintMark(painter, mark, QPointF(14, 14), 24);
    painter.end();
    return image.convertToFormat(QImage::Format_Grayscale8);
}

} // namespace

class TokensTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { m_theme = new Theme(this); }

    void textIsReadableOnEveryGround()
    {
        for (const ThemeKind kind : kKinds) {
            for (const Role text : {Role::Text,
                                    Role::Text2,
                                    Role::Text3,
                                    Role::Critical,
                                    Role::High,
                                    Role::Medium,
                                    Role::Low,
                                    Role::Passed,
                                    Role::Failed,
                                    Role::Unchecked,
                                    Role::Warn,
                                    Role::Redact,
                                    Role::Error}) {
                for (const Role ground :
                     {Role::Base, Role::Alt, Role::Window, Role::Panel, Role::Hover}) {
                    const double ratio = contrastRatio(in(kind, text), in(kind, ground));
                    QVERIFY2(ratio >= 4.5,
                             qPrintable(roleName(text) + QLatin1String(" on ") + roleName(ground)
                                        + QString::number(ratio)));
                }
            }
            QVERIFY(contrastRatio(in(kind, Role::SelText), in(kind, Role::Sel)) >= 4.5);
            QVERIFY(contrastRatio(in(kind, Role::Text), in(kind, Role::SelIdle)) >= 4.5);
            QVERIFY(contrastRatio(in(kind, Role::InverseText), in(kind, Role::Inverse)) >= 4.5);
            QVERIFY(contrastRatio(in(kind, Role::AccentText), in(kind, Role::Accent)) >= 4.5);
        }
    }

    void marksAndBordersStandOut()
    {
        for (const ThemeKind kind : kKinds) {
            for (const Role mark :
                 {Role::Control, Role::Accent, Role::PlotBar, Role::PlotSpanEdge, Role::Brush}) {
                for (const Role ground : {Role::Base, Role::Alt, Role::Window}) {
                    QVERIFY2(contrastRatio(in(kind, mark), in(kind, ground)) >= 3.0,
                             qPrintable(roleName(mark)));
                }
            }
        }
    }

    void disabledTextStaysVisibleInThePalette()
    {
        for (const ThemeKind kind : kKinds) {
            const QPalette palette = paletteOf(coloursOf(kind));
            for (const auto role : {QPalette::WindowText, QPalette::Text, QPalette::ButtonText}) {
                QVERIFY(contrastRatio(palette.color(QPalette::Disabled, role),
                                      palette.color(QPalette::Disabled, QPalette::Window))
                        >= 2.5);
            }
        }
    }

    void digitsOfTheTextFontAreEquallyWide()
    {
        QCOMPARE(QFontInfo(typeFont(TypeRole::Table)).family(), QStringLiteral("Exhibit Sans"));
        for (const TypeRole role : {TypeRole::Table, TypeRole::Small, TypeRole::Figure}) {
            const QFontMetricsF metrics(typeFont(role));
            for (char digit = '1'; digit <= '9'; ++digit) {
                QCOMPARE(metrics.horizontalAdvance(QLatin1Char(digit)),
                         metrics.horizontalAdvance(QLatin1Char('0')));
            }
        }
    }

    void everyMarkHasAShapeOfItsOwn()
    {
        QList<QImage> seen;
        for (int i = static_cast<int>(Mark::Critical); i <= static_cast<int>(Mark::Inflection);
             ++i) {
            const QImage image = drawn(static_cast<Mark>(i));
            QVERIFY2(!seen.contains(image), qPrintable(wordOf(static_cast<Mark>(i))));
            seen << image;
        }
    }

    void everyIconIsDrawn()
    {
        for (int i = 1; i < static_cast<int>(Icon::Count); ++i) {
            const QImage image = icon(static_cast<Icon>(i)).pixmap(QSize(16, 16)).toImage();
            bool any = false;
            for (int y = 0; y < image.height() && !any; ++y) {
                for (int x = 0; x < image.width() && !any; ++x) {
                    any = qAlpha(image.pixel(x, y)) > 100;
                }
            }
            QVERIFY2(any, qPrintable(iconName(static_cast<Icon>(i))));
        }
    }

private:
    Theme* m_theme = nullptr;
};

} // namespace exhibit::ui

EXHIBIT_GUI_TEST_MAIN(exhibit::ui::TokensTest)
#include "tokens_test.moc"
