// SPDX-License-Identifier: Apache-2.0
#include "ui/detail/explain_section.h"

#include "ui/text.h"
#include "ui/theme/fonts.h"
#include "ui/theme/style.h"
#include "ui/timeline/event_text.h"
#include "ui/widgets/mark_row.h"
#include "ui/widgets/time_display.h"
#include "ui/widgets/tool_bar_parts.h"

#include <QCoreApplication>
#include <QFormLayout>
#include <QLabel>
#include <QPainter>

namespace exhibit::ui {
namespace {

using namespace Qt::StringLiterals;

/// "0 allowed, 1 used" with a bar of how much of the limit that is.
class LimitRow : public QWidget {
public:
    LimitRow(std::int64_t used, std::int64_t limit, QWidget* parent)
        : QWidget(parent)
        , m_used(used)
        , m_limit(limit)
    {
        setAccessibleName(text());
    }
    [[nodiscard]] QSize sizeHint() const override { return {scaled(200), scaled(18)}; }
    [[nodiscard]] QString text() const
    {
        return QCoreApplication::translate("Explain", "%1 allowed, %2 used")
            .arg(grouped(m_limit), grouped(m_used));
    }

protected:
    void paintEvent(QPaintEvent* event) override
    {
        Q_UNUSED(event);
        QPainter painter(this);
        painter.setPen(colour(Role::Text));
        painter.drawText(rect(), Qt::AlignVCenter, text());
        const int x = painter.fontMetrics().horizontalAdvance(text()) + scaled(10);
        const QRect bar(x, height() / 2 - scaled(3), scaled(72), scaled(6));
        const double share = m_limit > 0 ? std::min(1.0, double(m_used) / double(m_limit)) : 1.0;
        painter.fillRect(bar, colour(Role::PlotSpan));
        const bool over = m_used > m_limit;
        painter.fillRect(
            QRect(bar.left(), bar.top(), static_cast<int>(bar.width() * share), bar.height()),
            colour(over ? Role::Failed : Role::PlotBar));
        painter.setPen(colour(Role::Text2));
        painter.drawText(rect().adjusted(bar.right() + scaled(8), 0, 0, 0),
                         Qt::AlignVCenter,
                         over ? QCoreApplication::translate("Explain", "exceeded") : QString());
    }

private:
    std::int64_t m_used;
    std::int64_t m_limit;
};

} // namespace

ExplainSection::ExplainSection(QWidget* parent)
    : QWidget(parent)
    , m_form(new QFormLayout(this))
{
    m_form->setContentsMargins(scaled(8), 0, scaled(12), 0);
    m_form->setHorizontalSpacing(scaled(12));
    m_form->setVerticalSpacing(scaled(3));
    m_form->setRowWrapPolicy(QFormLayout::DontWrapRows);
    m_form->setLabelAlignment(Qt::AlignLeft | Qt::AlignTop);
}

void ExplainSection::addRow(const QString& name, const QString& value, bool evidence)
{
    if (value.isEmpty()) {
        return;
    }
    auto* label = new QLabel(value, this);
    label->setFont(typeFont(evidence ? TypeRole::Mono : TypeRole::Body));
    label->setTextFormat(Qt::PlainText);
    label->setWordWrap(!evidence);
    label->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    auto* heading = new QLabel(name, this);
    heading->setMinimumWidth(scaled(84));
    heading->setAlignment(Qt::AlignTop | Qt::AlignLeft);
    makeSecondary(heading);
    m_form->addRow(heading, label);
    m_rows << qMakePair(name, value);
}

void ExplainSection::clear()
{
    while (m_form->rowCount() > 0) {
        m_form->removeRow(0);
    }
    m_rows.clear();
}

void ExplainSection::show(const domain::TimelineEvent& event, const std::optional<domain::Run>& run)
{
    clear();
    const auto& recorded = event.data;
    const auto head = [this](const QString& text, QWidget* row) {
        auto* label = new QLabel(text, this);
        label->setMinimumWidth(scaled(84));
        makeSecondary(label);
        m_form->addRow(label, row);
    };
    if (event.result) {
        const QString what = event.policy ? tr("%1 v%2, %3")
                                                .arg(toQt(*event.policy))
                                                .arg(integerOf(recorded, "policy_version"))
                                                .arg(textOf(recorded, "stage"))
                                          : tr("all policies of the stage");
        head(tr("Decision"), new MarkRow(markOf(*event.result), what, this));
        m_rows << qMakePair(tr("Decision"), toQt(wireName(*event.result)));
    } else {
        addRow(tr("Event"), eventTitle(event));
    }
    addRow(tr("Reason"), event.reason ? toQt(*event.reason) : eventSummary(event));
    if (const QString fact = textOf(recorded, "fact"); !fact.isEmpty()) {
        addRow(tr("Fact"), tr("%1 is %2").arg(fact, textOf(recorded, "fact_state")), true);
    }
    if (findMember(recorded, "limit") != nullptr && findMember(recorded, "used") != nullptr) {
        head(tr("Threshold"),
             new LimitRow(integerOf(recorded, "used"), integerOf(recorded, "limit"), this));
        m_rows << qMakePair(tr("Threshold"), textOf(recorded, "metric"));
    }
    addRow(tr("Should have"), textOf(recorded, "should_have"));
    addRow(tr("Actually did"), textOf(recorded, "actually_did"));
    if (const Json* point = findMember(recorded, "inflection")) {
        const QString channel = textOf(*point, "channel");
        const QString into = durationText(integerOf(*point, "at_us"));
        addRow(tr("Where"),
               channel.isEmpty() ? tr("%1 into the call, before any answer").arg(into)
                                 : tr("byte %1 of %2, event %3, %4 into the call")
                                       .arg(integerOf(*point, "byte_offset"))
                                       .arg(channel)
                                       .arg(integerOf(*point, "event_no"))
                                       .arg(into));
    }
    const QString snapshot = textOf(recorded, "snapshot_id");
    addRow(
        tr("Snapshot"), snapshot.isEmpty() && run ? toQt(run->policySnapshotId) : snapshot, true);
    if (const auto us = integerOf(recorded, "evaluation_us"); us > 0) {
        addRow(tr("Evaluated in"), durationText(us));
    }
    if (run && run->stoppedAtStep) {
        addRow(
            tr("Run ended"),
            tr("%1 by %2 at step %3")
                .arg(toQt(wireName(run->status)),
                     run->terminationReason ? toQt(wireName(*run->terminationReason)) : QString())
                .arg(*run->stoppedAtStep));
    }
    if (event.decisionId) {
        addRow(tr("Decision id"), toQt(event.decisionId->text()), true);
    }
}

QString ExplainSection::text(const QString& row) const
{
    for (const auto& [name, value] : m_rows) {
        if (name == row) {
            return value;
        }
    }
    return {};
}

} // namespace exhibit::ui
