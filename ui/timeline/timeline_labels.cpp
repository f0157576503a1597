// SPDX-License-Identifier: Apache-2.0
#include "ui/text.h"
#include "ui/theme/fonts.h"
#include "ui/theme/style.h"
#include "ui/timeline/event_text.h"
#include "ui/timeline/timeline_painter.h"
#include "ui/widgets/time_display.h"

#include <QCoreApplication>

namespace exhibit::ui {
namespace {

using namespace Qt::StringLiterals;

/// What can stand beside a mark, the most important first.
struct Label {
    QString main;
    QString word; ///< In the colour of the mark.
    QString secondary;
    bool isEvidence = false;
    bool quoted = false;
};

Label policyLabel(const domain::TimelineEvent& event)
{
    Label label;
    label.main = event.policy ? toQt(*event.policy) : QString();
    label.word = event.result ? toQt(wireName(*event.result)) : QString();
    if (!event.policy) {
        label.main = event.reason ? toQt(*event.reason) : QString();
        label.word.clear();
    }
    if (const Json* point = findMember(event.data, "inflection")) {
        label.secondary = QCoreApplication::translate("Timeline", "at byte %1")
                              .arg(integerOf(*point, "byte_offset"));
    }
    return label;
}

Label labelOf(const domain::TimelineEvent& event)
{
    switch (event.type) {
    case domain::StepType::Input:
        return {QChar(0x201c) + userMessageOf(event) + QChar(0x201d), {}, {}, false, true};
    case domain::StepType::Context: {
        // The fact that matters is the one without a value.
        Label label;
        label.isEvidence = true;
        for (const auto& fact : factsOf(event)) {
            const QString shown = fact.path + u": "_s
                + (fact.state == FactState::Present    ? fact.value
                       : fact.state == FactState::Null ? u"null"_s
                                                       : u"absent"_s);
            if (label.main.isEmpty() || fact.state != FactState::Present) {
                label.main = shown;
            }
        }
        return label;
    }
    case domain::StepType::Policy:
        return policyLabel(event);
    case domain::StepType::ToolCall:
        return {textOf(event.data, "name"), {}, textOf(event.data, "arguments").left(60), true};
    default:
        return {eventTitle(event), {}, eventSummary(event)};
    }
}

/// A span's text stands inside it.
void paintSpanLabel(QPainter& painter,
                    const TimelineScene& scene,
                    const TimelineItem& item,
                    const QRect& rect)
{
    const auto& event = scene.reply->events[item.event];
    const double from
        = std::max(scene.view.xOf(double(item.atUs)), double(scene.geometry.headerWidth));
    const double to = scene.view.xOf(double(item.atUs + item.lengthUs));
    const QRectF box(from + scaled(6), rect.top(), to - from - scaled(12), rect.height());
    if (box.width() < scaled(30)) {
        return;
    }
    painter.setFont(typeFont(TypeRole::Small));
    painter.setPen(colour(Role::Text));
    const QFontMetrics metrics = painter.fontMetrics();
    const auto write = [&](const QRectF& where, const QString& text, Qt::Alignment side) {
        painter.drawText(where,
                         int(side | Qt::AlignVCenter) | Qt::TextSingleLine,
                         metrics.elidedText(text, Qt::ElideRight, static_cast<int>(where.width())));
    };
    QRectF rest = box;
    if (textOf(event.data, "outcome") == u"stopped"_s) {
        const QString cut = QCoreApplication::translate("Timeline", "stream cut");
        const int width = metrics.horizontalAdvance(cut) + scaled(12);
        if (box.width() > 3 * width) {
            write(box, cut, Qt::AlignRight);
            rest.setRight(rest.right() - width);
        }
    }
    QString name = textOf(event.data, "model");
    const auto first = integerOf(event.data, "first_byte_us");
    // The line of the first byte parts the span: who waits before it, what came after it.
    const double parted = scene.view.xOf(double(item.atUs + first));
    if (first > 0 && parted - box.left() > metrics.horizontalAdvance(name) + scaled(8)) {
        write(QRectF(box.left(), box.top(), parted - box.left() - 4, box.height()),
              name,
              Qt::AlignLeft);
        name.clear();
    }
    QString text = name;
    if (first > 0) {
        rest.setLeft(std::max(rest.left(), parted + scaled(6)));
        text += (name.isEmpty() ? QString() : u", "_s)
            + QCoreApplication::translate("Timeline", "first byte %1, then %2 tokens, cost %3")
                  .arg(durationText(first),
                       grouped(event.tokens),
                       costText(integerOf(event.data, "cost_microcents")));
    }
    if (rest.width() > scaled(30)) {
        write(rest, text, Qt::AlignLeft);
    }
}

/// Released and withheld bytes of an answer, in byte order, before the tick of its end.
double paintAnswerBar(QPainter& painter,
                      const TimelineScene& scene,
                      const TimelineItem& item,
                      const QRect& rect)
{
    const auto& event = scene.reply->events[item.event];
    const auto [released, withheld, redacted, recovered] = answerBytesOf(event);
    const double end = scene.view.xOf(double(item.atUs)) - scaled(4);
    double begin = scene.geometry.headerWidth + scaled(10);
    for (const auto& call :
         scene.data.lane(Lane::Llm)) { // From the first byte of the call it answers.
        const auto& data = scene.reply->events[call.event];
        if (data.callId == event.callId && call.lengthUs > 0) {
            begin = std::max(
                begin, scene.view.xOf(double(call.atUs + integerOf(data.data, "first_byte_us"))));
        }
    }
    if (released + withheld <= 0 || end - begin < scaled(24)) {
        return end;
    }
    const QRect box(static_cast<int>(begin),
                    rect.top() + scaled(6),
                    static_cast<int>(end - begin),
                    rect.height() - scaled(12));
    const double share = double(withheld) / double(released + withheld);
    const int cut = withheld > 0 ? std::max(scaled(44), static_cast<int>(box.width() * share)) : 0;
    const QRect out = box.adjusted(0, 0, -std::min(cut, box.width()), 0);
    painter.fillRect(out, colour(Role::PlotSpan));
    if (cut > 0) {
        paintWithheld(painter, box.adjusted(out.width(), 0, 0, 0), Role::PlotSpanEdge);
    }
    painter.setPen(colour(Role::PlotSpanEdge));
    painter.setBrush(Qt::NoBrush);
    painter.drawRect(box);
    painter.setFont(typeFont(TypeRole::Small));
    painter.setPen(colour(Role::Text));
    const QString most
        = recovered ? QCoreApplication::translate("Timeline", "at most ") : QString();
    const QString text = withheld > 0
        ? QCoreApplication::translate("Timeline", "%1%2 bytes released, then %3 withheld")
              .arg(most, grouped(released), grouped(withheld))
        : QCoreApplication::translate("Timeline", "%1%2 bytes released")
              .arg(most, grouped(released));
    painter.drawText(
        out.adjusted(scaled(6), 0, -4, 0),
        Qt::AlignVCenter,
        painter.fontMetrics().elidedText(text, Qt::ElideRight, out.width() - scaled(10)));
    return begin;
}

/// The diamond and its word from `at` on; `down` is how far the word's line is below it.
void paintInflectionSign(QPainter& painter, const QPointF& at, double down)
{
    paintMark(painter, Mark::Inflection, at + QPointF(4, 0.5), scaled(10));
    painter.setFont(typeFont(TypeRole::Label));
    painter.setPen(colour(Role::Text));
    painter.drawText(at + QPointF(scaled(12), down), wordOf(Mark::Inflection));
}

/// Draws the label right of `x`, or left of it when the right has no room; returns where it ended.
double paintPointLabel(QPainter& painter,
                       const TimelineScene& scene,
                       const TimelineItem& item,
                       const QRect& rect,
                       double free,
                       double limit)
{
    const auto& event = scene.reply->events[item.event];
    const Label label = labelOf(event);
    const double x = scene.view.xOf(double(item.atUs));
    const int gap = badness(item.mark) >= 2 ? scaled(12) : scaled(7);
    const QFont main = item.isRootCause || item.isInflection
        ? boldFont(label.isEvidence ? TypeRole::Mono : TypeRole::Small)
        : typeFont(label.isEvidence ? TypeRole::Mono : TypeRole::Small);
    const QFontMetrics metrics(main);
    const int word = label.word.isEmpty() ? 0 : metrics.horizontalAdvance(u" "_s + label.word);
    const int secondary
        = label.secondary.isEmpty() ? 0 : metrics.horizontalAdvance(u" "_s + label.secondary);
    const int width = metrics.horizontalAdvance(label.main) + word + secondary + 2;
    const int extra = item.isInflection ? scaled(92) : item.isRootCause ? scaled(90) : 0;
    double left = x + gap;
    const bool before = left + width + extra > limit && x - gap - width > free && item.isInflection;
    if (before) {
        left = x - gap - width;
    } else if (left < free) {
        return free;
    }
    const double room = before ? width : std::min<double>(width, limit - left - extra);
    // Labels drop before marks do: a shred of a word says nothing. What is quoted may be cut.
    const bool cuttable = label.quoted || label.isEvidence;
    if (room < (cuttable ? std::min(width, scaled(72)) : width) && !item.isInflection) {
        return free;
    }
    painter.setFont(main);
    painter.setPen(colour(label.quoted ? Role::Text2 : Role::Text));
    const QRectF box(left, rect.top(), room, rect.height());
    const QString shown
        = metrics.elidedText(label.main, Qt::ElideRight, static_cast<int>(room) - word - secondary);
    painter.drawText(box, Qt::AlignVCenter | Qt::TextSingleLine, shown);
    double at = left + metrics.horizontalAdvance(shown);
    if (word > 0) {
        painter.setFont(boldFont(TypeRole::Small));
        painter.setPen(colour(roleOf(item.mark)));
        painter.drawText(QPointF(at, rect.center().y() + metrics.ascent() / 2.0 - 1),
                         u" "_s + label.word);
        at += word;
    }
    if (secondary > 0 && room >= width) {
        painter.setPen(colour(Role::Text));
        painter.drawText(QPointF(at, rect.center().y() + metrics.ascent() / 2.0 - 1),
                         u" "_s + label.secondary);
        at += secondary;
    }
    if (item.isRootCause) {
        at += scaled(8)
            + paintRootCauseLabel(painter,
                                  QPoint(static_cast<int>(at) + scaled(8), rect.center().y()));
    }
    if (item.isInflection) {
        const double sign = (before ? x + gap : at + scaled(8)) + scaled(2);
        paintInflectionSign(painter, QPointF(sign, rect.center().y()), metrics.ascent() / 2.0 - 1);
        at = sign + extra;
    }
    return at + scaled(10);
}

} // namespace

int paintRootCauseLabel(QPainter& painter, const QPoint& leftCentre)
{
    painter.save();
    painter.setFont(typeFont(TypeRole::Label));
    const QString text = QCoreApplication::translate("Timeline", "ROOT CAUSE");
    const int width = painter.fontMetrics().horizontalAdvance(text) + scaled(12);
    const QRect box(leftCentre.x(), leftCentre.y() - scaled(8), width, scaled(16));
    painter.fillRect(box, colour(Role::Inverse));
    painter.setPen(colour(Role::InverseText));
    painter.drawText(box, Qt::AlignCenter, text);
    painter.restore();
    return width;
}

std::optional<double> paintLabels(
    QPainter& painter, const TimelineScene& scene, Lane lane, std::size_t begin, std::size_t end)
{
    std::optional<double> causeEnd;
    if (scene.reply == nullptr) {
        return causeEnd;
    }
    const QRect rect = scene.geometry.lane(lane);
    const auto& items = scene.data.lane(lane);
    double free = scene.geometry.headerWidth + scaled(2);
    for (std::size_t i = begin; i < end; ++i) {
        const auto& item = items[i];
        if (item.lengthUs > 0) {
            paintSpanLabel(painter, scene, item, rect);
            continue;
        }
        if (lane == Lane::Output) {
            paintAnswerBar(painter, scene, item, rect);
            continue;
        }
        double limit = rect.right();
        for (std::size_t next = i + 1; next < end;
             ++next) { // Up to the next mark that is not covered.
            const double x = scene.view.xOf(double(items[next].atUs));
            if (x > scene.view.xOf(double(item.atUs)) + scaled(24)) {
                limit = x - scaled(12);
                break;
            }
        }
        free = paintPointLabel(painter, scene, item, rect, free, limit);
        if (item.isRootCause) {
            causeEnd = free;
        }
    }
    return causeEnd;
}

} // namespace exhibit::ui
