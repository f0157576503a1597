// SPDX-License-Identifier: Apache-2.0
#include "ui/certificate/entries_view.h"

#include "models/base/time.h"
#include "ui/certificate/check_marks.h"
#include "ui/certificate/hex_view.h"
#include "ui/certificate/proof_view.h"
#include "ui/text.h"
#include "ui/theme/fonts.h"
#include "ui/theme/style.h"
#include "ui/theme/theme.h"
#include "ui/widgets/time_display.h"
#include "ui/widgets/tool_bar_parts.h"

#include <QHeaderView>
#include <QLabel>
#include <QPainter>
#include <QScrollArea>
#include <QTabBar>
#include <QTabWidget>
#include <QTableView>
#include <QVBoxLayout>

namespace exhibit::ui {
namespace {

using namespace Qt::StringLiterals;

constexpr std::size_t kWithheldShown = 200;
constexpr int kRowsShown = 10; ///< Of the table, before it scrolls.

/// What is left out, behind the diagonal pattern that means "withheld" everywhere.
class WithheldCard : public QWidget {
public:
    WithheldCard(const evidence::Redaction& redaction, QWidget* parent)
        : QWidget(parent)
    {
        auto* place
            = new QLabel(u"seq %1 %2"_s.arg(redaction.sequence).arg(toQt(redaction.path)), this);
        place->setFont(boldFont(TypeRole::Mono));
        place->setTextFormat(Qt::PlainText);
        auto* reason = new QLabel(toQt(redaction.reason), this);
        reason->setTextFormat(Qt::PlainText);
        auto* who = new QLabel(
            redaction.erasedBy
                ? EntriesView::tr("Erased: nobody can show it any more. The digest stays.")
                : EntriesView::tr("Left out at export by %1. The digest stays, so the proof holds.")
                      .arg(toQt(redaction.by)),
            this);
        who->setTextFormat(Qt::PlainText);
        who->setWordWrap(true);
        auto* digest = new QLabel(
            EntriesView::tr("digest %1").arg(shortId(toQt(toHex(asView(redaction.digest))))), this);
        digest->setFont(typeFont(TypeRole::Mono));
        makeSecondary(digest);
        auto* top = new QHBoxLayout;
        top->addWidget(place, 1);
        top->addWidget(reason);
        auto* column = new QVBoxLayout(this);
        column->setContentsMargins(scaled(18), scaled(14), scaled(18), scaled(14));
        column->setSpacing(scaled(4));
        column->addLayout(top);
        column->addWidget(who);
        column->addWidget(digest);
        setAccessibleName(place->text() + u", "_s + reason->text() + u". "_s + who->text());
    }

protected:
    void paintEvent(QPaintEvent* event) override
    {
        Q_UNUSED(event);
        QPainter painter(this);
        paintWithheld(painter, rect(), Role::Line2);
        const int rim = scaled(8);
        painter.fillRect(rect().adjusted(rim, rim, -rim, -rim), colour(Role::Base));
        painter.setPen(colour(Role::Text));
        painter.drawRect(rect().adjusted(0, 0, -1, -1));
    }
};

QLabel* heading(const QString& text, QWidget* parent)
{
    auto* label = new QLabel(text, parent);
    label->setFont(boldFont(TypeRole::Small));
    label->setContentsMargins(scaled(8), scaled(10), scaled(8), scaled(4));
    return label;
}

/// What is said above the list of what is left out. Nothing where nothing is known.
QString withheldText(const evidence::Inspection& inspection)
{
    const auto listed = inspection.withheld.size();
    if (listed > 0) {
        return EntriesView::tr("Withheld, %1 of %2 fields")
            .arg(listed)
            .arg(inspection.report.disclosed + listed);
    }
    const auto hidden = inspection.report.withheld + inspection.report.erased;
    if (hidden > 0) {
        return EntriesView::tr("%n fields are not shown; the pack inside lists them",
                               nullptr,
                               static_cast<int>(hidden));
    }
    if (inspection.entries.empty()) {
        return {};
    }
    const auto answers = evidence::answersOf(inspection.report);
    const auto coverage = answers[static_cast<std::size_t>(evidence::Answer::Coverage)].result;
    return coverage == evidence::CheckResult::Passed
        ? EntriesView::tr("Nothing is withheld")
        : EntriesView::tr("Whether anything is withheld is not known: see coverage");
}

} // namespace

void EntriesModel::setEntries(std::vector<evidence::InspectedEntry> entries)
{
    beginResetModel();
    m_entries = std::move(entries);
    endResetModel();
}

const evidence::InspectedEntry& EntriesModel::entry(int row) const
{
    return m_entries.at(static_cast<std::size_t>(row));
}

int EntriesModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_entries.size());
}

int EntriesModel::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant EntriesModel::data(const QModelIndex& index, int role) const
{
    const auto& entry = m_entries.at(static_cast<std::size_t>(index.row()));
    if (role == kResultRole) {
        return static_cast<int>(entry.result);
    }
    if (role == Qt::FontRole) {
        return typeFont(index.column() == Type ? TypeRole::Mono : TypeRole::Table);
    }
    if (role != Qt::DisplayRole && role != Qt::AccessibleTextRole) {
        return {};
    }
    switch (index.column()) {
    case Sequence:
        return grouped(static_cast<qint64>(entry.sequence));
    case Type:
        return toQt(entry.type);
    case Time: {
        const auto time = parseTime(entry.time);
        return time ? TimeDisplay::instance().clock(*time) : tr("not believed");
    }
    default:
        return wordOf(markOf(entry.result));
    }
}

QVariant EntriesModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (role != Qt::DisplayRole || orientation != Qt::Horizontal) {
        return {};
    }
    switch (section) {
    case Sequence:
        return tr("seq");
    case Type:
        return tr("Type");
    case Time:
        return tr("Server clock");
    default:
        return tr("Hashes");
    }
}

EntriesView::EntriesView(QWidget* parent)
    : QWidget(parent)
    , m_table(new QTableView(this))
    , m_model(new EntriesModel(this))
    , m_tabs(new QTabWidget(this))
    , m_proof(new ProofView(this))
    , m_bytes(new HexView(this))
    , m_withheldHeading(heading({}, this))
    , m_withheld(new QVBoxLayout)
{
    makeTable();
    auto* proof = new QScrollArea(this);
    proof->setWidget(m_proof);
    proof->setWidgetResizable(true);
    proof->setFrameShape(QFrame::NoFrame);
    proof->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    proof->viewport()->setBackgroundRole(QPalette::Base);
    m_tabs->setDocumentMode(true);
    m_tabs->tabBar()->setFont(typeFont(TypeRole::Small));
    m_tabs->addTab(withheldPart(), tr("Withheld"));
    m_tabs->addTab(proof, tr("Proof"));
    m_tabs->addTab(m_bytes, tr("Bytes"));
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(heading(tr("Ledger entries"), this));
    column->addWidget(m_table);
    column->addWidget(m_tabs, 1);
    setAutoFillBackground(true);
    setBackgroundRole(QPalette::Base);
}

void EntriesView::makeTable()
{
    m_table->setModel(m_model);
    m_table->setItemDelegate(new CheckDelegate( // The table owns it.
        {EntriesModel::Chain, EntriesModel::kResultRole, CheckDelegate::Shows::Word},
        m_table));
    m_table->setFrameShape(QFrame::NoFrame);
    m_table->setShowGrid(false);
    m_table->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_table->setSelectionMode(QAbstractItemView::SingleSelection);
    m_table->setTabKeyNavigation(false);
    m_table->setAccessibleName(tr("Ledger entries"));
    m_table->verticalHeader()->hide();
    m_table->verticalHeader()->setDefaultSectionSize(scaled(24));
    auto* header = m_table->horizontalHeader();
    header->setHighlightSections(false);
    header->setDefaultAlignment(Qt::AlignLeading | Qt::AlignVCenter);
    header->resizeSection(EntriesModel::Sequence, scaled(52));
    header->resizeSection(EntriesModel::Time, scaled(104));
    header->resizeSection(EntriesModel::Chain, scaled(104));
    header->setSectionResizeMode(EntriesModel::Type, QHeaderView::Stretch);
    connect(&TimeDisplay::instance(), &TimeDisplay::changed, m_table->viewport(), [this] {
        m_table->viewport()->update();
    });
    connect(m_table->selectionModel(),
            &QItemSelectionModel::currentRowChanged,
            this,
            &EntriesView::showEntry);
}

QWidget* EntriesView::withheldPart()
{
    auto* cards = new QWidget(this);
    cards->setAutoFillBackground(true);
    cards->setBackgroundRole(QPalette::Base);
    cards->setLayout(m_withheld);
    m_withheld->setContentsMargins(scaled(12), 0, scaled(12), scaled(12));
    m_withheld->setSpacing(scaled(8));
    auto* scroll = new QScrollArea(this);
    scroll->setWidget(cards);
    scroll->setWidgetResizable(true);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll->setAccessibleName(tr("Withheld fields"));
    auto* part = new QWidget(this);
    part->setAutoFillBackground(true);
    part->setBackgroundRole(QPalette::Base);
    auto* column = new QVBoxLayout(part);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(m_withheldHeading);
    column->addWidget(scroll, 1);
    return part;
}

void EntriesView::show(const evidence::Inspection& inspection)
{
    m_model->setEntries(inspection.entries);
    const int rows = std::clamp(m_model->rowCount({}), 2, kRowsShown);
    m_table->setFixedHeight(m_table->horizontalHeader()->sizeHint().height()
                            + rows * m_table->verticalHeader()->defaultSectionSize() + 2);
    showWithheld(inspection);
    const auto failed
        = std::find_if(inspection.entries.begin(), inspection.entries.end(), [](const auto& entry) {
              return entry.result == evidence::CheckResult::Failed;
          });
    if (failed != inspection.entries.end()) { // What fails jumps to its bytes.
        select(failed->sequence);
        m_tabs->setCurrentWidget(m_bytes);
    } else if (!inspection.entries.empty()) { // A table without a row is none to a reader.
        select(inspection.entries.front().sequence);
        m_tabs->setCurrentIndex(0);
    } else {
        showEntry();
    }
}

void EntriesView::select(std::uint64_t sequence)
{
    for (int row = 0; row < m_model->rowCount({}); ++row) {
        if (m_model->entry(row).sequence == sequence) {
            m_table->setCurrentIndex(m_model->index(row, 0));
        }
    }
    showEntry();
}

void EntriesView::showEntry()
{
    const auto index = m_table->currentIndex();
    if (!index.isValid()) {
        m_proof->show(std::nullopt);
        m_bytes->show({}, false);
        return;
    }
    const auto& entry = m_model->entry(index.row());
    m_proof->show(entry.path);
    m_bytes->show(entry.bytes, entry.result == evidence::CheckResult::Failed);
}

void EntriesView::showWithheld(const evidence::Inspection& inspection)
{
    while (auto* item = m_withheld->takeAt(0)) {
        delete item->widget();
        delete item;
    }
    const auto& withheld = inspection.withheld;
    m_withheldHeading->setText(withheldText(inspection));
    for (std::size_t i = 0; i < std::min(withheld.size(), kWithheldShown); ++i) {
        m_withheld->addWidget(new WithheldCard(withheld[i], m_withheld->parentWidget()));
    }
    if (withheld.size() > kWithheldShown) {
        m_withheld->addWidget(
            heading(tr("%n more are not shown here; data/redactions.json lists them",
                       nullptr,
                       static_cast<int>(withheld.size() - kWithheldShown)),
                    m_withheld->parentWidget()));
    }
    m_withheld->addStretch(1);
}

} // namespace exhibit::ui
