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
        label.secondary = pointText(*point);
    }
    return label;
}

Label labelOf(const domain::TimelineEvent& event, const std::optional<std::string>& currency)
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
        return {eventTitle(event), {}, eventSummary(event, currency)};
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
            + QCoreApplication::translate("Timeline",
                                          "first byte %1, then %2 tokens, cost %3",
                                          nullptr,
                                          forPlural(event.tokens))
                  .arg(durationText(first),
                       grouped(event.tokens),
                       costText(integerOf(event.data, "cost_microcents"), scene.reply->currency));
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
    const auto [released, withheld, redacted, recovered, isWire] = answerBytesOf(event);
    const double end = scene.view.xOf(double(item.atUs)) - scaled(4);
    double begin = scene.geometry.headerWidth + scaled(10);
    // From the first byte of the call it answers.
    const auto call = event.callId ? scene.data.callBefore(*event.callId, item.atUs) : std::nullopt;
    if (call) {
        const auto first = integerOf(scene.reply->events[call->event].data, "first_byte_us");
        begin = std::max(begin, scene.view.xOf(double(call->atUs + first)));
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
        = (isWire ? QCoreApplication::translate("Timeline", "no text recorded, ") : QString())
        + (recovered ? QCoreApplication::translate("Timeline", "at most ") : QString());
    const QString text = withheld > 0
        ? QCoreApplication::translate(
              "Timeline", "%1%2 bytes released, then %3 withheld", nullptr, forPlural(released))
              .arg(most, grouped(released), grouped(withheld))
        : QCoreApplication::translate(
              "Timeline", "%1%2 bytes released", nullptr, forPlural(released))
              .arg(most, grouped(released));
    painter.drawText(
        out.adjusted(scaled(6), 0, -4, 0),
        Qt::AlignVCenter,
        painter.fontMetrics().elidedText(text, Qt::ElideRight, out.width() - scaled(10)));
    return begin;
}

/// The diamond and its word from `at` on; `down` is how far the word's line is below it.
void paintInflectionSign(QPainter& painter, const QPointF& at, double down, bool withWord)
{
    paintMark(painter, Mark::Inflection, at + QPointF(4, 0.5), scaled(10));
    painter.setFont(typeFont(TypeRole::Label));
    painter.setPen(colour(Role::Text));
    painter.drawText(at + QPointF(scaled(12), down),
                     withWord ? wordOf(Mark::Inflection) : QString());
}

/// How far a tag in the label font reaches, with the space before it.
int tagWidth(const QString& word)
{
    return QFontMetrics(typeFont(TypeRole::Label)).horizontalAdvance(word) + scaled(22);
}

/// Where the label of a mark may stand.
struct Room {
    double free = 0; ///< Left of it stands the label before.
    double begin = 0; ///< Behind the mark and those that it covers.
    double limit = 0; ///< The next mark that shall be seen.
    double bad = 0; ///< Where the last one before stands that did not pass: never covered.
};

/// A label and its tags, measured and placed.
struct PlacedLabel {
    Label label;
    QFont main;
    int word = 0; ///< Widths.
    int secondary = 0;
    int width = 0;
    double left = 0;
    double room = 0; ///< For the text.
    double sign = 0; ///< Where the sign of the inflection begins.
    bool signWord = true; ///< There is room for its word: the diamond alone says it too.
    bool cause = false; ///< With the tag of the root cause.
};

PlacedLabel measured(const domain::TimelineReply& reply, const TimelineItem& item)
{
    PlacedLabel placed;
    placed.label = labelOf(reply.events[item.event], reply.currency);
    const auto role = placed.label.isEvidence ? TypeRole::Mono : TypeRole::Small;
    placed.main = item.isRootCause || item.isInflection ? boldFont(role) : typeFont(role);
    const QFontMetrics metrics(placed.main);
    const auto widthOf = [&metrics](const QString& part) {
        return part.isEmpty() ? 0 : metrics.horizontalAdvance(u" "_s + part);
    };
    placed.word = widthOf(placed.label.word);
    placed.secondary = widthOf(placed.label.secondary);
    placed.width
        = metrics.horizontalAdvance(placed.label.main) + placed.word + placed.secondary + 2;
    return placed;
}

/// The sign alone: right of the mark, left of it, or without its word.
void placeSign(PlacedLabel& label, double left, double width, const Room& room)
{
    label.sign = label.left;
    if (label.left + width > room.limit + scaled(10)) { // The space before a tag is not needed.
        label.signWord = left > std::max(room.free, room.bad + scaled(12));
        label.left = label.sign = label.signWord ? left : label.left;
    }
}

/// Right of the mark, or left of it when the right has no room for an inflection; false: nowhere.
bool place(PlacedLabel& label, const TimelineItem& item, double x, const Room& room)
{
    const int gap = badness(item.mark) >= 2 ? scaled(12) : scaled(7);
    label.cause = item.isRootCause;
    const int cause
        = label.cause ? tagWidth(QCoreApplication::translate("Timeline", "ROOT CAUSE")) : 0;
    const int sign = item.isInflection ? tagWidth(wordOf(Mark::Inflection)) : 0;
    label.left = std::max(x + gap, room.begin);
    label.sign = label.left + label.width + cause + scaled(10);
    if (item.isInflection && label.left + label.width + cause + sign > room.limit) {
        const bool right = x + gap + sign <= room.limit;
        const double left = x - gap - label.width - cause - (right ? 0 : sign);
        if (left > std::max(room.free, room.bad + scaled(12))) {
            label.left = left;
            label.room = label.width;
            label.sign = right ? x + gap + scaled(2) : left + label.width + cause + scaled(10);
            return true;
        }
    }
    label.room = std::min<double>(label.width, room.limit - label.left - cause - sign);
    // Labels drop before marks do: a shred of a word says nothing. What is quoted may be cut.
    const bool cuttable = label.label.quoted || label.label.isEvidence;
    const int least = cuttable ? std::min(label.width, scaled(72)) : label.width;
    if (item.isInflection && label.room < least) { // The headline and the card say the rest.
        label.label = {};
        label.cause = false;
        label.word = label.secondary = 0;
        label.room = 0;
        placeSign(label, x - gap - sign, sign, room);
        return true;
    }
    return label.left >= room.free && label.room >= least;
}

double signWidth(const PlacedLabel& label)
{
    return label.signWord ? tagWidth(wordOf(Mark::Inflection)) : scaled(12);
}

/// Returns where its text ended.
double paintText(QPainter& painter, const PlacedLabel& placed, Mark mark, const QRect& rect)
{
    const QFontMetrics metrics(placed.main);
    const double line = rect.center().y() + metrics.ascent() / 2.0 - 1;
    const auto& label = placed.label;
    painter.setFont(placed.main);
    painter.setPen(colour(label.quoted ? Role::Text2 : Role::Text));
    const QString shown = metrics.elidedText(
        label.main, Qt::ElideRight, static_cast<int>(placed.room) - placed.word - placed.secondary);
    painter.drawText(QRectF(placed.left, rect.top(), placed.room, rect.height()),
                     Qt::AlignVCenter | Qt::TextSingleLine,
                     shown);
    double at = placed.left + metrics.horizontalAdvance(shown);
    if (placed.word > 0) {
        painter.setFont(boldFont(TypeRole::Small));
        painter.setPen(colour(roleOf(mark)));
        painter.drawText(QPointF(at, line), u" "_s + label.word);
        at += placed.word;
    }
    if (placed.secondary > 0 && placed.room >= placed.width) {
        painter.setPen(colour(Role::Text));
        painter.drawText(QPointF(at, line), u" "_s + label.secondary);
        at += placed.secondary;
    }
    return at;
}

/// Draws the label of a mark; returns where it ended.
double paintPointLabel(QPainter& painter,
                       const TimelineScene& scene,
                       const TimelineItem& item,
                       const QRect& rect,
                       const Room& room)
{
    auto label = measured(*scene.reply, item);
    const double x = scene.view.xOf(double(item.atUs));
    if (!place(label, item, x, room)) {
        return room.free;
    }
    if (item.isInflection) { // It stands over marks that passed, and is read all the same.
        const double end = label.left > x ? label.sign + signWidth(label) : x - scaled(9);
        painter.fillRect(
            QRectF(label.left - 2, rect.top() + 2, end - label.left, rect.height() - 4),
            colour(Role::Base));
    }
    double at = paintText(painter, label, item.mark, rect);
    if (label.cause) {
        const QPoint tag(static_cast<int>(at) + scaled(8), rect.center().y());
        at += scaled(8) + paintRootCauseLabel(painter, tag);
    }
    if (item.isInflection) {
        const double down = QFontMetrics(label.main).ascent() / 2.0 - 1;
        paintInflectionSign(painter, QPointF(label.sign, rect.center().y()), down, label.signWord);
        at = std::max(at, label.sign + signWidth(label));
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
    double bad = 0;
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
        const double x = scene.view.xOf(double(item.atUs));
        Room room{free, 0, double(rect.right()), bad};
        for (std::size_t next = i + 1; next < end; ++next) {
            const double other = scene.view.xOf(double(items[next].atUs));
            const bool covered = other <= x + scaled(24);
            if (!covered && (!item.isInflection || badness(items[next].mark) >= 2)) {
                room.limit = other - scaled(12); // The next mark that shall be seen.
                break;
            }
            room.begin = covered ? other + scaled(7) : room.begin;
        }
        free = paintPointLabel(painter, scene, item, rect, room);
        bad = badness(item.mark) >= 2 ? x : bad;
        if (item.isRootCause) {
            causeEnd = free;
        }
    }
    return causeEnd;
}

} // namespace exhibit::ui
