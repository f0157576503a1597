// SPDX-License-Identifier: Apache-2.0
#include "ui/theme/icons.h"

#include <QFile>
#include <QIconEngine>
#include <QPainter>
#include <QPixmapCache>
#include <QSvgRenderer>

namespace exhibit::ui {
namespace {

using namespace Qt::StringLiterals;

constexpr const char* kNames[static_cast<std::size_t>(Icon::Count)] = {
    "",
    "bookmark",
    "case",
    "certificate",
    "chevron-down",
    "chevron-left",
    "chevron-right",
    "chevron-up",
    "clock",
    "close",
    "columns",
    "compare",
    "copy",
    "diamond",
    "download",
    "exhibit",
    "export",
    "eye",
    "file",
    "fit",
    "float",
    "folder",
    "funnel",
    "gauge",
    "globe",
    "help",
    "history",
    "jobs",
    "key",
    "keyboard",
    "layout",
    "list",
    "minus",
    "more",
    "pin",
    "play",
    "plug",
    "plus",
    "redo",
    "refresh",
    "report",
    "ruler",
    "scales",
    "search",
    "server",
    "shield",
    "step-back",
    "step-forward",
    "stop",
    "tag",
    "theme",
    "trash",
    "undo",
    "window",
    "zoom-in",
    "zoom-out",
};

QByteArray source(Icon icon, const QColor& colour)
{
    QFile file(u":/icons/"_s + iconName(icon) + u".svg"_s);
    if (icon == Icon::None || !file.open(QIODevice::ReadOnly)) {
        return {};
    }
    return file.readAll().replace("currentColor", colour.name().toLatin1());
}

/// Renders once per icon, size, colour and scale; the cache is Qt's.
QPixmap rendered(Icon icon, const QSize& pixels, const QColor& colour)
{
    const QString key = u"exhibit/%1/%2x%3/%4"_s.arg(iconName(icon))
                            .arg(pixels.width())
                            .arg(pixels.height())
                            .arg(colour.name(QColor::HexArgb));
    QPixmap pixmap;
    if (!QPixmapCache::find(key, &pixmap)) {
        pixmap = QPixmap(pixels);
        pixmap.fill(Qt::transparent);
        QSvgRenderer renderer(source(icon, colour));
        QPainter painter(&pixmap);
        renderer.render(&painter);
        painter.end();
        QPixmapCache::insert(key, pixmap);
    }
    return pixmap;
}

class ThemedEngine : public QIconEngine {
public:
    explicit ThemedEngine(Icon icon)
        : m_icon(icon)
    {
    }
    void paint(QPainter* painter, const QRect& rect, QIcon::Mode mode, QIcon::State state) override
    {
        paintIcon(*painter, m_icon, rect, tint(mode, state));
    }
    QPixmap pixmap(const QSize& size, QIcon::Mode mode, QIcon::State state) override
    {
        return rendered(m_icon, size, tint(mode, state));
    }
    QIconEngine* clone() const override { return new ThemedEngine(m_icon); }
    bool isNull() override { return m_icon == Icon::None; }

private:
    static QColor tint(QIcon::Mode mode, QIcon::State state)
    {
        if (mode == QIcon::Disabled) {
            return colour(Role::Disabled);
        }
        return colour(mode == QIcon::Active || state == QIcon::On ? Role::Text : Role::Text2);
    }

    Icon m_icon;
};

} // namespace

QString iconName(Icon icon)
{
    return QString::fromLatin1(kNames[static_cast<std::size_t>(icon)]);
}

QIcon icon(Icon icon)
{
    return icon == Icon::None ? QIcon() : QIcon(new ThemedEngine(icon)); // QIcon owns the engine.
}

void paintIcon(QPainter& painter, Icon icon, const QRectF& rect, const QColor& colour)
{
    const double ratio = painter.device()->devicePixelRatioF();
    const double side = std::min(rect.width(), rect.height());
    QPixmap pixmap = rendered(icon, (QSizeF(side, side) * ratio).toSize(), colour);
    pixmap.setDevicePixelRatio(ratio);
    const QPointF at(rect.center().x() - side / 2, rect.center().y() - side / 2);
    painter.drawPixmap(at, pixmap);
}

} // namespace exhibit::ui
