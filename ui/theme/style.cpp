// SPDX-License-Identifier: Apache-2.0
#include "ui/theme/style.h"

#include "ui/theme/fonts.h"
#include "ui/theme/icons.h"
#include "ui/theme/style_parts.h"

#include <QAbstractItemView>
#include <QFontMetricsF>
#include <QLineEdit>
#include <QPainter>
#include <QPushButton>
#include <QTabWidget>
#include <QToolButton>

namespace exhibit::ui {
namespace {

constexpr double kBodyLine = 15.7; // Height of the body font at 96 dpi, which lengths relate to.

QPalette buttonPalette(const QStyleOption& option, const QWidget* widget)
{
    QPalette palette = option.palette;
    const bool enabled = option.state & QStyle::State_Enabled;
    if (widget != nullptr && enabled && widget->property("default").toBool()) {
        palette.setColor(QPalette::ButtonText, colour(Role::AccentText));
    } else if (widget != nullptr && enabled && widget->property("danger").toBool()) {
        palette.setColor(QPalette::ButtonText, colour(Role::Failed));
    }
    return palette;
}

} // namespace

int scaled(int pixels)
{
    static const double kLine = QFontMetricsF(typeFont(TypeRole::Body)).height();
    return qRound(pixels * std::max(1.0, kLine / kBodyLine));
}

ConsoleStyle::ConsoleStyle()
    : QProxyStyle(QStringLiteral("Fusion"))
{
}

void ConsoleStyle::drawPrimitive(PrimitiveElement element,
                                 const QStyleOption* option,
                                 QPainter* painter,
                                 const QWidget* widget) const
{
    switch (element) {
    case PE_PanelButtonCommand:
        if (const auto* button = qstyleoption_cast<const QStyleOptionButton*>(option)) {
            return parts::button(*painter, *button, widget);
        }
        break;
    case PE_PanelButtonTool:
        return parts::toolButton(*painter, *option, widget);
    case PE_PanelLineEdit:
        if (widget != nullptr && widget->property("bare").toBool()) {
            return;
        }
        if (const auto* frame = qstyleoption_cast<const QStyleOptionFrame*>(option);
            frame != nullptr && frame->lineWidth > 0) {
            return parts::field(*painter, *option, widget);
        }
        return painter->fillRect(option->rect, colour(Role::Base));
    case PE_IndicatorCheckBox:
    case PE_IndicatorItemViewItemCheck:
        return parts::checkBox(*painter, *option, false);
    case PE_IndicatorRadioButton:
        return parts::checkBox(*painter, *option, true);
    case PE_PanelItemViewItem:
        if (const auto* item = qstyleoption_cast<const QStyleOptionViewItem*>(option)) {
            return parts::row(*painter, *item, widget);
        }
        break;
    default:
        break;
    }
    if (!parts::drawFlat(*painter, element, *option)) {
        QProxyStyle::drawPrimitive(element, option, painter, widget);
    }
}

void ConsoleStyle::drawControl(ControlElement element,
                               const QStyleOption* option,
                               QPainter* painter,
                               const QWidget* widget) const
{
    switch (element) {
    case CE_HeaderSection:
    case CE_HeaderEmptyArea:
        if (const auto* header = qstyleoption_cast<const QStyleOptionHeader*>(option)) {
            return parts::headerSection(*painter, *header);
        }
        painter->fillRect(option->rect, colour(Role::Panel));
        painter->setPen(colour(Role::Hairline));
        return painter->drawLine(option->rect.bottomLeft(), option->rect.bottomRight());
    case CE_TabBarTabShape:
        if (const auto* tab = qstyleoption_cast<const QStyleOptionTab*>(option)) {
            return parts::tab(*painter, *tab);
        }
        break;
    case CE_PushButtonLabel:
        if (const auto* button = qstyleoption_cast<const QStyleOptionButton*>(option)) {
            QStyleOptionButton copy = *button;
            copy.palette = buttonPalette(*option, widget);
            return QProxyStyle::drawControl(element, &copy, painter, widget);
        }
        break;
    case CE_ToolBar:
        painter->fillRect(option->rect, colour(Role::Window));
        painter->setPen(colour(Role::Hairline));
        return painter->drawLine(option->rect.bottomLeft(), option->rect.bottomRight());
    case CE_MenuBarItem:
        if (const auto* item = qstyleoption_cast<const QStyleOptionMenuItem*>(option)) {
            return parts::menuBarItem(*painter, *item);
        }
        break;
    case CE_MenuBarEmptyArea:
        return painter->fillRect(option->rect, colour(Role::Window));
    case CE_Splitter:
        return parts::separator(*painter, option->rect);
    case CE_ProgressBar:
        if (const auto* bar = qstyleoption_cast<const QStyleOptionProgressBar*>(option)) {
            return parts::progress(*painter, *bar);
        }
        break;
    case CE_SizeGrip:
        return;
    default:
        break;
    }
    QProxyStyle::drawControl(element, option, painter, widget);
}

void ConsoleStyle::drawComplexControl(ComplexControl control,
                                      const QStyleOptionComplex* option,
                                      QPainter* painter,
                                      const QWidget* widget) const
{
    if (control == CC_ComboBox) {
        if (const auto* box = qstyleoption_cast<const QStyleOptionComboBox*>(option);
            box != nullptr && !box->editable) {
            return parts::comboBox(*painter, *box, widget);
        }
    }
    if (control == CC_ToolButton) {
        if (const auto* button = qstyleoption_cast<const QStyleOptionToolButton*>(option)) {
            parts::toolButton(*painter, *button, widget);
            return parts::toolButtonContent(*painter, *button, widget);
        }
    }
    if (control == CC_ScrollBar) {
        if (const auto* bar = qstyleoption_cast<const QStyleOptionSlider*>(option)) {
            return parts::scrollBar(
                *painter, *bar, subControlRect(control, option, SC_ScrollBarSlider, widget));
        }
    }
    QProxyStyle::drawComplexControl(control, option, painter, widget);
}

QRect ConsoleStyle::subControlRect(ComplexControl control,
                                   const QStyleOptionComplex* option,
                                   SubControl part,
                                   const QWidget* widget) const
{
    const auto* bar = qstyleoption_cast<const QStyleOptionSlider*>(option);
    if (control != CC_ScrollBar || bar == nullptr) {
        return QProxyStyle::subControlRect(control, option, part, widget);
    }
    // No arrow buttons: the groove is the whole bar.
    const bool horizontal = bar->orientation == Qt::Horizontal;
    const int length = horizontal ? bar->rect.width() : bar->rect.height();
    const qint64 range = qint64(bar->maximum) - bar->minimum;
    const int least = std::min(length, 24);
    const int slider = range <= 0
        ? length
        : std::max(least,
                   static_cast<int>(qint64(bar->pageStep) * length / (range + bar->pageStep)));
    const int start = sliderPositionFromValue(
        bar->minimum, bar->maximum, bar->sliderPosition, length - slider, bar->upsideDown);
    const auto place = [&](int from, int size) {
        return horizontal
            ? QRect(bar->rect.left() + from, bar->rect.top(), size, bar->rect.height())
            : QRect(bar->rect.left(), bar->rect.top() + from, bar->rect.width(), size);
    };
    switch (part) {
    case SC_ScrollBarSlider:
        return place(start, slider);
    case SC_ScrollBarGroove:
        return bar->rect;
    case SC_ScrollBarSubPage:
        return place(0, start);
    case SC_ScrollBarAddPage:
        return place(start + slider, length - start - slider);
    default:
        return {};
    }
}

int ConsoleStyle::pixelMetric(PixelMetric metric,
                              const QStyleOption* option,
                              const QWidget* widget) const
{
    switch (metric) {
    case PM_DockWidgetSeparatorExtent:
    case PM_SplitterWidth:
        return 5;
    case PM_DockWidgetFrameWidth:
    case PM_TabBarTabOverlap:
    case PM_TabBarTabShiftVertical:
    case PM_TabBarBaseOverlap:
    case PM_ToolBarFrameWidth:
    case PM_ToolBarItemMargin:
    case PM_MenuBarPanelWidth:
    case PM_ButtonShiftHorizontal:
    case PM_ButtonShiftVertical:
    case PM_ButtonDefaultIndicator:
        return 0;
    case PM_ScrollBarExtent:
        return scaled(12);
    case PM_ScrollView_ScrollBarSpacing:
        return 0;
    case PM_SmallIconSize:
    case PM_ToolBarIconSize:
    case PM_ButtonIconSize:
        return scaled(14);
    case PM_IndicatorWidth:
    case PM_IndicatorHeight:
        return scaled(13);
    case PM_TabBarTabHSpace:
        return scaled(20);
    case PM_TabBarTabVSpace:
        return scaled(8);
    case PM_HeaderMargin:
        return scaled(6);
    case PM_HeaderMarkSize:
        return scaled(10);
    case PM_LayoutLeftMargin:
    case PM_LayoutRightMargin:
    case PM_LayoutTopMargin:
    case PM_LayoutBottomMargin:
    case PM_LayoutHorizontalSpacing:
    case PM_LayoutVerticalSpacing:
        return scaled(8);
    default:
        return QProxyStyle::pixelMetric(metric, option, widget);
    }
}

int ConsoleStyle::styleHint(StyleHint hint,
                            const QStyleOption* option,
                            const QWidget* widget,
                            QStyleHintReturn* data) const
{
    switch (hint) {
    case SH_EtchDisabledText:
    case SH_ComboBox_Popup:
    case SH_TitleBar_NoBorder:
    case SH_DialogButtonBox_ButtonsHaveIcons:
    case SH_UnderlineShortcut:
        return 0;
    case SH_TabBar_Alignment:
    case SH_ScrollBar_LeftClickAbsolutePosition:
        return hint == SH_TabBar_Alignment ? int(Qt::AlignLeft) : 1;
    case SH_Widget_Animation_Duration:
        return Theme::instance().reducedMotion() ? 0 : 120;
    default:
        return QProxyStyle::styleHint(hint, option, widget, data);
    }
}

QSize ConsoleStyle::sizeFromContents(ContentsType type,
                                     const QStyleOption* option,
                                     const QSize& size,
                                     const QWidget* widget) const
{
    QSize wanted = QProxyStyle::sizeFromContents(type, option, size, widget);
    switch (type) {
    case CT_PushButton: {
        const bool small = widget != nullptr && widget->property("small").toBool();
        wanted.setHeight(scaled(small ? 22 : 26));
        const int padding = scaled(small ? 8 : 12);
        wanted.setWidth(std::max(size.width() + 2 * padding, wanted.height()));
        break;
    }
    case CT_LineEdit:
    case CT_ComboBox:
    case CT_SpinBox:
        wanted.setHeight(scaled(26));
        break;
    case CT_ToolButton:
        if (const auto* button = qstyleoption_cast<const QStyleOptionToolButton*>(option)) {
            return parts::toolButtonSize(*button, widget);
        }
        break;
    case CT_MenuBarItem:
        wanted.setHeight(scaled(24));
        break;
    case CT_HeaderSection:
        wanted.setHeight(scaled(24));
        break;
    default:
        break;
    }
    return wanted;
}

QRect ConsoleStyle::subElementRect(SubElement element,
                                   const QStyleOption* option,
                                   const QWidget* widget) const
{
    const QRect rect = QProxyStyle::subElementRect(element, option, widget);
    const bool bare = widget != nullptr && widget->property("bare").toBool();
    return element == SE_LineEditContents && !bare ? rect.adjusted(scaled(5), 0, -scaled(5), 0)
                                                   : rect;
}

QIcon ConsoleStyle::standardIcon(StandardPixmap standard,
                                 const QStyleOption* option,
                                 const QWidget* widget) const
{
    switch (standard) {
    case SP_LineEditClearButton:
        return icon(Icon::Close);
    case SP_ToolBarHorizontalExtensionButton:
    case SP_ToolBarVerticalExtensionButton:
        return icon(Icon::More);
    default:
        return QProxyStyle::standardIcon(standard, option, widget);
    }
}

void ConsoleStyle::polish(QWidget* widget)
{
    QProxyStyle::polish(widget);
    if (qobject_cast<QAbstractButton*>(widget) != nullptr) {
        widget->setAttribute(Qt::WA_Hover);
    }
    if (auto* tabs = qobject_cast<QTabWidget*>(widget); tabs != nullptr && tabs->documentMode()) {
        tabs->setAutoFillBackground(true); // The row of tabs goes on behind the last one.
        tabs->setBackgroundRole(QPalette::Midlight);
    }
    if (auto* view = qobject_cast<QAbstractItemView*>(widget)) {
        view->viewport()->setAttribute(Qt::WA_Hover);
    }
}

} // namespace exhibit::ui
