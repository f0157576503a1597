// SPDX-License-Identifier: Apache-2.0
#include "ui/detail/explain_section.h"

#include "models/domain/policy.h"
#include "ui/text.h"
#include "ui/theme/fonts.h"
#include "ui/theme/style.h"
#include "ui/timeline/event_text.h"
#include "ui/widgets/mark_row.h"
#include "ui/widgets/time_display.h"
#include "ui/widgets/tool_bar_parts.h"

#include <QCoreApplication>
#include <QGridLayout>
#include <QLabel>
#include <QPainter>

#include <memory>

namespace exhibit::ui {
namespace {

using namespace Qt::StringLiterals;

constexpr int kHashShown = 16;
constexpr int kLimitLine = 18;

QString wireText(domain::Metric metric)
{
    return toQt(wireName(metric));
}

/// As people read what a limit counts (domain::Metric).
QString amountText(const QString& metric,
                   std::int64_t amount,
                   const std::optional<std::string>& currency)
{
    return metric == wireText(domain::Metric::RunCost)    ? costText(amount, currency)
        : metric == wireText(domain::Metric::RunDuration) ? durationText(amount * std::micro::den)
                                                          : grouped(amount);
}

struct Limit {
    QString metric;
    std::int64_t used = 0;
    std::int64_t max = 0;
    std::optional<std::string> currency; ///< Of a limit of cost.
    bool atLeast = false; ///< More may have been used.
};

/// "0 allowed, 1 used" with a bar of how much of the limit that is, below what the limit is.
class LimitRow : public QWidget {
public:
    /// `of` is empty where no other limit stands beside it.
    LimitRow(QString of, const Limit& limit, QWidget* parent)
        : QWidget(parent)
        , m_of(std::move(of))
        , m_use((limit.atLeast
                     ? QCoreApplication::translate("Explain", "%1 allowed, at least %2 used")
                     : QCoreApplication::translate("Explain", "%1 allowed, %2 used"))
                    .arg(amountText(limit.metric, limit.max, limit.currency),
                         amountText(limit.metric, limit.used, limit.currency)))
        , m_used(limit.used)
        , m_limit(limit.max)
    {
        setAccessibleName(text());
        setFixedHeight(sizeHint().height()); // Wrapped texts beside it must not squeeze it.
    }
    [[nodiscard]] QSize sizeHint() const override { return {scaled(200), top() + useHeight()}; }
    [[nodiscard]] QString text() const { return m_of.isEmpty() ? m_use : m_of + u": "_s + m_use; }

protected:
    void resizeEvent(QResizeEvent* event) override
    {
        QWidget::resizeEvent(event);
        setFixedHeight(top() + useHeight());
    }
    void paintEvent(QPaintEvent* event) override
    {
        Q_UNUSED(event);
        QPainter painter(this);
        painter.setPen(colour(Role::Text));
        const QRect line = rect().adjusted(0, top(), 0, 0);
        painter.drawText(QRect(0, 0, width(), top()),
                         Qt::AlignVCenter,
                         painter.fontMetrics().elidedText(m_of, Qt::ElideRight, width()));
        if (fontMetrics().horizontalAdvance(m_use) > width()) { // No room for a bar at all.
            painter.drawText(line, kWrap, m_use);
            return;
        }
        painter.drawText(line, Qt::AlignVCenter, m_use);
        const int x = painter.fontMetrics().horizontalAdvance(m_use) + scaled(10);
        const bool over = m_used > m_limit;
        const QString word = over ? QCoreApplication::translate("Explain", "exceeded") : QString();
        const int behind = over ? painter.fontMetrics().horizontalAdvance(word) + scaled(8) : 0;
        // Within the row: a bar that is cut says another share.
        const int room = std::min(scaled(72), width() - x - behind);
        const QRect bar(x, line.center().y() - scaled(2), std::max(room, 0), scaled(6));
        const double share = m_limit > 0 ? std::min(1.0, double(m_used) / double(m_limit)) : 1.0;
        painter.fillRect(bar, colour(Role::PlotSpan));
        painter.fillRect(
            QRect(bar.left(), bar.top(), static_cast<int>(bar.width() * share), bar.height()),
            colour(over ? Role::Failed : Role::PlotBar));
        painter.setPen(colour(Role::Text2));
        painter.drawText(line.adjusted(bar.right() + scaled(8), 0, 0, 0), Qt::AlignVCenter, word);
    }

private:
    static constexpr int kWrap = Qt::AlignTop | Qt::TextWordWrap;

    [[nodiscard]] int top() const { return m_of.isEmpty() ? 0 : scaled(kLimitLine); }
    [[nodiscard]] int useHeight() const
    {
        const QRect room(0, 0, std::max(1, width()), 10'000);
        return std::max(scaled(kLimitLine),
                        fontMetrics().boundingRect(room, kWrap, m_use).height());
    }

    QString m_of;
    QString m_use;
    std::int64_t m_used;
    std::int64_t m_limit;
};

/// "entry 57 (llm.call) 3f9a…", and the head that covers it.
QString ledgerText(const domain::LedgerLink& link)
{
    const QString entry = QCoreApplication::translate("Explain", "entry %1, %2")
                              .arg(link.index)
                              .arg(toQt(link.type));
    const QString head = link.checkpoint
        ? QCoreApplication::translate("Explain", "in the signed head of %1")
              .arg(link.checkpoint->treeSize)
        : QCoreApplication::translate("Explain", "under no signed head yet");
    return entry + u'\n' + toQt(link.hash).left(kHashShown) + QChar(0x2026) + u'\n' + head;
}

} // namespace

ExplainSection::ExplainSection(QWidget* parent)
    : QWidget(parent)
    , m_grid(new QGridLayout(this)) // A form gives wrapped texts less than their least height.
{
    m_grid->setContentsMargins(scaled(8), 0, scaled(12), 0);
    m_grid->setHorizontalSpacing(scaled(12));
    m_grid->setVerticalSpacing(scaled(3));
    m_grid->setColumnMinimumWidth(0, scaled(84));
    m_grid->setColumnStretch(1, 1);
}

void ExplainSection::place(const QString& name, QWidget* value, const QString& text)
{
    auto* heading = new QLabel(name, this);
    makeSecondary(heading);
    const int row = static_cast<int>(m_rows.size());
    m_grid->addWidget(heading, row, 0, Qt::AlignTop | Qt::AlignLeft);
    m_grid->addWidget(value, row, 1);
    m_rows << qMakePair(name, text);
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
    place(name, label, value);
}

void ExplainSection::clear()
{
    while (const std::unique_ptr<QLayoutItem> item{m_grid->takeAt(0)}) {
        delete item->widget();
    }
    m_rows.clear();
}

void ExplainSection::show(const domain::TimelineEvent& event,
                          const std::optional<domain::Run>& run,
                          const std::optional<std::string>& currency)
{
    clear();
    const auto& recorded = event.data;
    if (event.result) {
        const QString what = event.policy ? tr("%1 v%2, %3")
                                                .arg(toQt(*event.policy))
                                                .arg(integerOf(recorded, "policy_version"))
                                                .arg(textOf(recorded, "stage"))
                                          : tr("all policies of the stage");
        place(tr("Decision"),
              new MarkRow(markOf(*event.result), what, this),
              toQt(wireName(*event.result)));
    } else {
        addRow(tr("Event"), eventTitle(event));
    }
    addRow(tr("Reason"), event.reason ? toQt(*event.reason) : eventSummary(event, currency));
    if (const QString fact = textOf(recorded, "fact"); !fact.isEmpty()) {
        addRow(tr("Fact"), tr("%1 is %2").arg(fact, textOf(recorded, "fact_state")), true);
    }
    if (findMember(recorded, "limit") != nullptr && findMember(recorded, "used") != nullptr) {
        place(tr("Threshold"),
              new LimitRow({},
                           {textOf(recorded, "metric"),
                            integerOf(recorded, "used"),
                            integerOf(recorded, "limit"),
                            currency},
                           this),
              textOf(recorded, "metric"));
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
    addEnd(run);
    if (event.decisionId) {
        addRow(tr("Decision id"), toQt(event.decisionId->text()), true);
    }
}

/// A run that was stopped between two calls has no step at which it was.
void ExplainSection::addEnd(const std::optional<domain::Run>& run)
{
    using domain::RunStatus;
    const bool stopped = run
        && (run->stoppedAtStep || run->status == RunStatus::Cancelled
            || run->status == RunStatus::FailedPolicy);
    if (stopped) {
        const QString how
            = tr("%1 by %2")
                  .arg(toQt(wireName(run->status)),
                       run->terminationReason ? toQt(wireName(*run->terminationReason))
                                              : QString());
        addRow(tr("Run ended"),
               run->stoppedAtStep ? tr("%1 at step %2").arg(how).arg(*run->stoppedAtStep) : how);
    }
}

void ExplainSection::showInstant()
{
    clear();
    addRow(tr("Event"), tr("Nothing happened at this moment."));
}

void ExplainSection::addMoment(const domain::RunExplanation& record)
{
    addRow(tr("Why"), toQt(record.why));
    if (!record.decisions.empty()) {
        const auto& last = record.decisions.back();
        place(tr("Decision"),
              new MarkRow(markOf(last.result), toQt(last.policyId), this),
              toQt(wireName(last.result)));
        addRow(tr("Reason"), toQt(last.reason));
    }
    if (record.call) {
        addRow(tr("Call"), toQt(record.call->callId.text()), true);
    }
    addRow(tr("Snapshot"), toQt(record.snapshotId), true);
}

void ExplainSection::addThresholds(const domain::RunExplanation& record,
                                   const domain::TimelineEvent* event)
{
    for (const auto& use : record.thresholds) {
        const QString metric = toQt(use.metric);
        const bool isShown = event != nullptr && event->policy == use.policyId
            && textOf(event->data, "metric") == metric;
        if (!isShown) { // The decision's own is, as it was when that was made.
            const QString of = toQt(use.policyId) + u", "_s + metric;
            auto* row
                = new LimitRow(of, {metric, use.used, use.max, record.currency, use.atLeast}, this);
            place(tr("Threshold"), row, row->text());
        }
    }
}

void ExplainSection::addPasses(const domain::RunExplanation& record)
{
    QStringList passes;
    for (const auto& pass : record.passes) {
        QStringList policies;
        for (const auto& id : pass.policyIds) {
            policies << toQt(id);
        }
        passes << tr("%1: %2, in %3")
                      .arg(toQt(wireName(pass.stage)),
                           policies.join(u", "_s),
                           durationText(pass.evaluationUs));
    }
    addRow(tr("Passed"), passes.join(u'\n'));
}

void ExplainSection::addRecord(const domain::RunExplanation& record,
                               const domain::TimelineEvent* event)
{
    if (event == nullptr) {
        addMoment(record);
    }
    addThresholds(record, event);
    addPasses(record);
    QStringList entries;
    for (const auto& link : record.ledger) {
        const bool isOfEvent = event == nullptr
            || (event->decisionId && link.about == event->decisionId->text())
            || (event->callId && link.about == event->callId->text());
        if (isOfEvent) {
            entries << ledgerText(link);
        }
    }
    addRow(tr("Ledger"),
           entries.isEmpty() ? tr("no entry yet: it is made when the call has ended")
                             : entries.join(u'\n'),
           !entries.isEmpty());
}

void ExplainSection::addFailure(const QString& why)
{
    addRow(tr("Record"), tr("Thresholds and ledger could not be read: %1").arg(why));
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
