// SPDX-License-Identifier: Apache-2.0
#include "ui/certificate/hex_view.h"

#include "ui/theme/fonts.h"
#include "ui/theme/style.h"
#include "ui/theme/theme.h"
#include "ui/widgets/hex_line.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QKeyEvent>
#include <QPainter>
#include <QScrollBar>

#include <algorithm>

namespace exhibit::ui {
namespace {

using namespace Qt::StringLiterals;

constexpr int kPadding = 8;

} // namespace

HexView::HexView(QWidget* parent)
    : QAbstractScrollArea(parent)
{
    setFrameShape(QFrame::NoFrame);
    setFocusPolicy(Qt::StrongFocus);
    setAccessibleName(tr("Bytes"));
    viewport()->setLayoutDirection(Qt::LeftToRight);
    setFont(typeFont(TypeRole::Mono));
}

void HexView::show(Bytes bytes, bool failed)
{
    m_bytes = std::move(bytes);
    m_failed = failed;
    setAccessibleDescription(tr("%n bytes", nullptr, static_cast<int>(m_bytes.size())));
    verticalScrollBar()->setValue(0);
    fitScrollBars();
    viewport()->update();
}

int HexView::rows() const
{
    return static_cast<int>((m_bytes.size() + kHexRowBytes - 1) / kHexRowBytes);
}

int HexView::lineHeight() const
{
    return fontMetrics().height() + scaled(2);
}

QString HexView::line(int row) const
{
    return hexLine(m_bytes, static_cast<std::size_t>(row) * kHexRowBytes);
}

void HexView::fitScrollBars()
{
    const int shown = std::max(1, viewport()->height() / lineHeight());
    verticalScrollBar()->setPageStep(shown);
    verticalScrollBar()->setRange(0, std::max(0, rows() - shown));
    const int width = fontMetrics().horizontalAdvance(line(0)) + 2 * scaled(kPadding);
    horizontalScrollBar()->setPageStep(viewport()->width());
    horizontalScrollBar()->setRange(0, std::max(0, width - viewport()->width()));
}

void HexView::resizeEvent(QResizeEvent* event)
{
    QAbstractScrollArea::resizeEvent(event);
    fitScrollBars();
}

void HexView::paintEvent(QPaintEvent* event)
{
    Q_UNUSED(event);
    QPainter painter(viewport());
    painter.fillRect(viewport()->rect(), colour(m_failed ? Role::FailedTint : Role::Base));
    painter.setFont(font());
    const int x = scaled(kPadding) - horizontalScrollBar()->value();
    const int offsetEnd = fontMetrics().horizontalAdvance(u"00000000"_s);
    int y = fontMetrics().ascent() + scaled(2);
    for (int row = verticalScrollBar()->value();
         row < rows() && y < viewport()->height() + lineHeight();
         ++row, y += lineHeight()) {
        const QString text = line(row);
        painter.setPen(colour(Role::Text2));
        painter.drawText(x, y, text.left(8));
        painter.setPen(colour(Role::Text));
        painter.drawText(x + offsetEnd, y, text.mid(8));
    }
    if (hasFocus()) {
        painter.setPen(QPen(colour(Role::Accent), 2));
        painter.drawRect(viewport()->rect().adjusted(1, 1, -2, -2));
    }
}

void HexView::keyPressEvent(QKeyEvent* event)
{
    if (event->matches(QKeySequence::Copy)) {
        QStringList lines;
        for (int row = 0; row < rows(); ++row) {
            lines << line(row);
        }
        QGuiApplication::clipboard()->setText(lines.join(u'\n'));
    } else {
        QAbstractScrollArea::keyPressEvent(event);
    }
}

} // namespace exhibit::ui
