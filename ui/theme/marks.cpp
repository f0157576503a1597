// SPDX-License-Identifier: Apache-2.0
#include "ui/theme/marks.h"

#include <QCoreApplication>
#include <QPainter>
#include <QPainterPath>

#include <cmath>
#include <numbers>

namespace exhibit::ui {
namespace {

constexpr double kStroke = 1.8; // At a side of 14, as all marks are drawn.

QPolygonF regular(int corners, double radius, double turn)
{
    QPolygonF shape;
    for (int i = 0; i < corners; ++i) {
        const double angle = turn + 2 * std::numbers::pi * i / corners;
        shape << QPointF(radius * std::cos(angle), radius * std::sin(angle));
    }
    return shape;
}

QPolygonF triangle(double radius)
{
    return QPolygonF({{0, -radius}, {radius, radius * 0.82}, {-radius, radius * 0.82}});
}

QPolygonF diamond(double radius)
{
    return QPolygonF({{0, -radius}, {radius, 0}, {0, radius}, {-radius, 0}});
}

/// Paints in a square of 14 around the origin.
class Brushwork {
public:
    /// `ink` stands on the tint.
    Brushwork(QPainter& painter, const QColor& tint, const QColor& ink)
        : m_painter(painter)
        , m_tint(tint)
        , m_ink(ink)
    {
        m_painter.setRenderHint(QPainter::Antialiasing);
    }

    void fill(const QPolygonF& shape)
    {
        m_painter.setPen(QPen(m_tint, 1, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
        m_painter.setBrush(m_tint);
        m_painter.drawPolygon(shape);
    }
    void outline(const QPolygonF& shape, Qt::PenStyle style = Qt::SolidLine)
    {
        m_painter.setPen(QPen(m_tint, 1.6, style, Qt::FlatCap, Qt::RoundJoin));
        m_painter.setBrush(Qt::NoBrush);
        m_painter.drawPolygon(shape);
    }
    void ring(double radius, Qt::PenStyle style = Qt::SolidLine)
    {
        m_painter.setPen(QPen(m_tint, 1.7, style, Qt::FlatCap));
        m_painter.setBrush(Qt::NoBrush);
        m_painter.drawEllipse(QPointF(), radius, radius);
    }
    void disc(double radius)
    {
        m_painter.setPen(Qt::NoPen);
        m_painter.setBrush(m_tint);
        m_painter.drawEllipse(QPointF(), radius, radius);
    }
    void line(std::initializer_list<QPointF> points, bool cutOut)
    {
        m_painter.setPen(
            QPen(cutOut ? m_ink : m_tint, kStroke, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
        m_painter.drawPolyline(QPolygonF(QList<QPointF>(points)));
    }
    void exclamation(bool cutOut, double top = -3.4)
    {
        line({{0, top}, {0, 1.2}}, cutOut);
        line({{0, 3.6}, {0, 3.7}}, cutOut);
    }

private:
    QPainter& m_painter;
    QColor m_tint;
    QColor m_ink;
};

void paintSeverity(Brushwork& brush, Mark mark)
{
    switch (mark) {
    case Mark::Critical:
        brush.fill(regular(8, 6.2, std::numbers::pi / 8));
        return brush.exclamation(true);
    case Mark::High:
        return brush.fill(triangle(5.6));
    case Mark::Medium:
        brush.outline(diamond(6));
        return brush.fill(diamond(2));
    default:
        return brush.ring(4.4);
    }
}

void paintVerdict(Brushwork& brush, Mark mark)
{
    switch (mark) {
    case Mark::Passed:
        brush.disc(6);
        return brush.line({{-2.6, 0.2}, {-0.7, 2.1}, {2.8, -2}}, true);
    case Mark::Failed:
        brush.fill(QPolygonF({{-5, -5}, {5, -5}, {5, 5}, {-5, 5}}));
        brush.line({{-2.4, -2.4}, {2.4, 2.4}}, true);
        return brush.line({{-2.4, 2.4}, {2.4, -2.4}}, true);
    default:
        brush.ring(5.4, Qt::DotLine);
        return brush.line({{-2.2, 0}, {2.2, 0}}, false);
    }
}

void paintDecision(
    QPainter& painter, Brushwork& brush, Mark mark, const QColor& tint, const QColor& ink)
{
    switch (mark) {
    case Mark::Pass:
        return brush.line({{-4.6, 0.4}, {-1.4, 3.6}, {4.8, -3.6}}, false);
    case Mark::Warn:
        brush.outline(triangle(5.8));
        return brush.exclamation(false, -1.8);
    case Mark::Redact:
        painter.fillRect(QRectF(-6, -3.6, 12, 7.2), tint);
        painter.fillRect(QRectF(-3.9, -1, 2.2, 2), ink);
        painter.fillRect(QRectF(-0.6, -1, 1.4, 2), ink);
        return painter.fillRect(QRectF(1.9, -1, 2.2, 2), ink);
    case Mark::Block:
        brush.fill(regular(8, 6.2, std::numbers::pi / 8));
        return brush.line({{-3.2, 0}, {3.2, 0}}, true);
    case Mark::Error:
        brush.outline(QPolygonF({{-5.4, -5.4}, {5.4, -5.4}, {5.4, 5.4}, {-5.4, 5.4}}), Qt::DotLine);
        return brush.exclamation(false);
    default:
        return brush.fill(diamond(4.6)); // The inflection is a finding: text colour.
    }
}

} // namespace

Mark markOf(domain::Severity severity)
{
    switch (severity) {
    case domain::Severity::Critical:
        return Mark::Critical;
    case domain::Severity::High:
        return Mark::High;
    case domain::Severity::Medium:
        return Mark::Medium;
    case domain::Severity::Low:
        break;
    }
    return Mark::Low;
}

Mark markOf(domain::DecisionResult result)
{
    switch (result) {
    case domain::DecisionResult::Pass:
        return Mark::Pass;
    case domain::DecisionResult::Warn:
        return Mark::Warn;
    case domain::DecisionResult::Redact:
        return Mark::Redact;
    case domain::DecisionResult::Block:
        return Mark::Block;
    case domain::DecisionResult::Error:
        break;
    }
    return Mark::Error;
}

int badness(Mark mark)
{
    switch (mark) {
    case Mark::Block:
        return 5;
    case Mark::Error:
        return 4;
    case Mark::Redact:
        return 3;
    case Mark::Warn:
        return 2;
    case Mark::Pass:
        return 1;
    default:
        return 0;
    }
}

Role roleOf(Mark mark)
{
    constexpr Role kRoles[] = {Role::Text,
                               Role::Critical,
                               Role::High,
                               Role::Medium,
                               Role::Low,
                               Role::Passed,
                               Role::Failed,
                               Role::Unchecked,
                               Role::Passed,
                               Role::Warn,
                               Role::Redact,
                               Role::Failed,
                               Role::Error,
                               Role::Text};
    return kRoles[static_cast<std::size_t>(mark)];
}

QString wordOf(Mark mark)
{
    switch (mark) {
    case Mark::Critical:
        return QCoreApplication::translate("Marks", "Critical");
    case Mark::High:
        return QCoreApplication::translate("Marks", "High");
    case Mark::Medium:
        return QCoreApplication::translate("Marks", "Medium");
    case Mark::Low:
        return QCoreApplication::translate("Marks", "Low");
    case Mark::Passed:
        return QCoreApplication::translate("Marks", "Passed");
    case Mark::Failed:
        return QCoreApplication::translate("Marks", "Failed");
    case Mark::NotChecked:
        return QCoreApplication::translate("Marks", "Not checked");
    case Mark::Inflection:
        return QCoreApplication::translate("Marks", "INFLECTION");
    case Mark::None:
        return {};
    default:
        break;
    }
    constexpr const char* kResults[] = {"PASS", "WARN", "REDACT", "BLOCK", "ERROR"};
    const auto index = static_cast<int>(mark) - static_cast<int>(Mark::Pass);
    return QString::fromLatin1(kResults[index]);
}

QString wordOf(domain::IncidentStatus status)
{
    switch (status) {
    case domain::IncidentStatus::Open:
        return QCoreApplication::translate("Marks", "Open");
    case domain::IncidentStatus::Investigating:
        return QCoreApplication::translate("Marks", "Investigating");
    case domain::IncidentStatus::Contained:
        return QCoreApplication::translate("Marks", "Contained");
    case domain::IncidentStatus::Resolved:
        return QCoreApplication::translate("Marks", "Resolved");
    case domain::IncidentStatus::FalsePositive:
        break;
    }
    return QCoreApplication::translate("Marks", "False positive");
}

void paintMark(
    QPainter& painter, Mark mark, const QPointF& centre, double side, const QColor& single)
{
    if (mark == Mark::None) {
        return;
    }
    const QColor tint = single.isValid() ? single : colour(roleOf(mark));
    painter.save();
    painter.translate(centre);
    painter.scale(side / 14, side / 14);
    // In one colour, what stands on the tint is the ground of the selected row, showing through.
    const QColor ink = colour(single.isValid() ? Role::Sel : Role::Ink);
    Brushwork brush(painter, tint, ink);
    if (mark <= Mark::Low) {
        paintSeverity(brush, mark);
    } else if (mark <= Mark::NotChecked) {
        paintVerdict(brush, mark);
    } else {
        paintDecision(painter, brush, mark, tint, ink);
    }
    painter.restore();
}

void paintWithheld(QPainter& painter, const QRect& rect, Role role)
{
    painter.save();
    painter.setClipRect(rect, Qt::IntersectClip);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(colour(role), 1));
    const int pitch = scaled(6);
    for (int x = rect.left() - rect.height(); x < rect.right(); x += pitch) {
        painter.drawLine(x, rect.bottom() + 1, x + rect.height(), rect.top());
    }
    painter.restore();
}

} // namespace exhibit::ui
