// SPDX-License-Identifier: Apache-2.0
#include "ui/certificate/proof_view.h"

#include "ui/text.h"
#include "ui/theme/fonts.h"
#include "ui/theme/style.h"
#include "ui/theme/theme.h"

#include <QClipboard>
#include <QContextMenuEvent>
#include <QGuiApplication>
#include <QKeyEvent>
#include <QMenu>
#include <QPainter>

namespace exhibit::ui {
namespace {

using namespace Qt::StringLiterals;

constexpr int kRow = 54;
constexpr int kBox = 34;
constexpr int kMargin = 12;
constexpr int kGap = 16;

QString hex(const Digest& digest)
{
    return toQt(toHex(asView(digest)));
}

} // namespace

ProofView::ProofView(QWidget* parent)
    : QWidget(parent)
{
    setFocusPolicy(Qt::TabFocus);
    setAccessibleName(tr("Proof"));
    setContextMenuPolicy(Qt::DefaultContextMenu);
}

void ProofView::show(const std::optional<evidence::InclusionPath>& path)
{
    m_path = path;
    setAccessibleDescription(text());
    setMinimumHeight(sizeHint().height());
    updateGeometry();
    update();
}

int ProofView::rowHeight() const
{
    return scaled(kRow);
}

QSize ProofView::sizeHint() const
{
    const int rows = m_path ? static_cast<int>(m_path->steps.size()) + 2 : 1;
    return {scaled(320), rows * rowHeight() + 2 * scaled(kMargin)};
}

QString ProofView::text() const
{
    if (!m_path) {
        return tr("The file holds no proof of its own for this entry: an entry after it, in an "
                  "unbroken chain, has one.");
    }
    QStringList lines{
        tr("Leaf %1 of %2: %3").arg(m_path->index).arg(m_path->size).arg(hex(m_path->leaf))};
    for (const auto& step : m_path->steps) {
        lines << (step.siblingIsLeft ? tr("with %1 at its left: %2")
                                     : tr("with %1 at its right: %2"))
                     .arg(hex(step.sibling), hex(step.node));
    }
    lines << (m_path->fits
                  ? tr("This is the root of the checkpoint.")
                  : tr("The root of the checkpoint is another one: %1").arg(hex(m_path->root)));
    return lines.join(u'\n');
}

void ProofView::paintBox(QPainter& painter, const QRect& rect, const Box& box) const
{
    painter.setPen(QPen(colour(box.failed       ? Role::Failed
                                   : box.strong ? Role::Text
                                                : Role::Line2),
                        box.strong ? 1.5 : 1));
    painter.setBrush(colour(box.failed ? Role::FailedTint : Role::Base));
    painter.drawRect(rect);
    const QRect inner = rect.adjusted(scaled(8), scaled(2), -scaled(8), -scaled(2));
    painter.setFont(typeFont(TypeRole::Small));
    painter.setPen(colour(Role::Text2));
    painter.drawText(inner, Qt::AlignLeft | Qt::AlignTop, box.title);
    painter.setFont(typeFont(TypeRole::Mono));
    painter.setPen(colour(box.failed ? Role::Failed : Role::Text));
    painter.drawText(inner,
                     Qt::AlignLeft | Qt::AlignBottom,
                     painter.fontMetrics().elidedText(box.hash, Qt::ElideMiddle, inner.width()));
}

void ProofView::paintPath(QPainter& painter) const
{
    const int margin = scaled(kMargin);
    const int half = (width() - 2 * margin - scaled(kGap)) / 2;
    const auto steps = static_cast<int>(m_path->steps.size());
    const auto boxAt = [&](int level, bool left) { // Level 0 is the leaf.
        const int y = margin + (steps + 1 - level) * rowHeight();
        return QRect(left ? margin : margin + half + scaled(kGap), y, half, scaled(kBox));
    };
    // Whether the node of that level stands left of its sibling.
    const auto isLeft = [&](int level) {
        return level >= steps || !m_path->steps[static_cast<std::size_t>(level)].siblingIsLeft;
    };
    painter.setPen(QPen(colour(Role::Text2), 1.5));
    for (int level = 0; level < steps; ++level) {
        const QRect above = boxAt(level + 1, isLeft(level + 1));
        for (const bool left : {true, false}) {
            const QRect below = boxAt(level, left);
            painter.drawLine(QPoint(below.center().x(), below.top()),
                             QPoint(above.center().x(), above.bottom()));
        }
    }
    for (int level = 0; level <= steps; ++level) {
        const bool top = level == steps;
        const Digest& node
            = level == 0 ? m_path->leaf : m_path->steps[static_cast<std::size_t>(level - 1)].node;
        const QString title = level == 0 ? tr("Leaf %1").arg(m_path->index)
            : top                        ? tr("Computed root")
                                         : tr("Node");
        paintBox(
            painter, boxAt(level, isLeft(level)), {title, hex(node), top && !m_path->fits, true});
        if (!top) {
            const auto& step = m_path->steps[static_cast<std::size_t>(level)];
            paintBox(painter,
                     boxAt(level, step.siblingIsLeft),
                     {tr("From the proof"), hex(step.sibling), false, false});
        }
    }
    const QRect root(margin, margin, width() - 2 * margin, scaled(kBox));
    const auto entries = static_cast<qint64>(m_path->size);
    paintBox(
        painter,
        root,
        {m_path->fits
             ? tr("Root of the checkpoint, %1 entries: the same", nullptr, forPlural(entries))
                   .arg(m_path->size)
             : tr("Root of the checkpoint, %1 entries: not the same", nullptr, forPlural(entries))
                   .arg(m_path->size),
         hex(m_path->root),
         !m_path->fits,
         true});
}

void ProofView::paintEvent(QPaintEvent* event)
{
    Q_UNUSED(event);
    QPainter painter(this);
    painter.setLayoutDirection(Qt::LeftToRight); // Left and right are the tree's.
    painter.setRenderHint(QPainter::Antialiasing);
    painter.fillRect(rect(), colour(Role::Base));
    if (m_path) {
        paintPath(painter);
    } else {
        painter.setFont(typeFont(TypeRole::Body));
        painter.setPen(colour(Role::Text2));
        const int margin = scaled(kMargin);
        painter.drawText(
            rect().adjusted(margin, margin, -margin, -margin), Qt::TextWordWrap, text());
    }
    if (hasFocus()) {
        painter.setPen(QPen(colour(Role::Accent), 2));
        painter.setBrush(Qt::NoBrush);
        painter.drawRect(rect().adjusted(1, 1, -2, -2));
    }
}

void ProofView::contextMenuEvent(QContextMenuEvent* event)
{
    auto* menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    connect(menu->addAction(tr("Copy the proof as text")), &QAction::triggered, this, [this] {
        QGuiApplication::clipboard()->setText(text());
    });
    menu->popup(event->globalPos());
}

void ProofView::keyPressEvent(QKeyEvent* event)
{
    if (event->matches(QKeySequence::Copy)) {
        QGuiApplication::clipboard()->setText(text());
    } else {
        QWidget::keyPressEvent(event);
    }
}

} // namespace exhibit::ui
