// SPDX-License-Identifier: Apache-2.0
#include "ui/actions/command_palette.h"

#include "ui/actions/fuzzy.h"
#include "ui/actions/palette_delegate.h"
#include "ui/theme/fonts.h"
#include "ui/theme/style.h"

#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QListView>
#include <QPainter>
#include <QSettings>
#include <QStandardItemModel>
#include <QVBoxLayout>

#include <algorithm>

namespace exhibit::ui {
namespace {

using namespace Qt::StringLiterals;

constexpr int kRowsMax = 60;
constexpr int kRecentMax = 20;
constexpr int kUnaskedMax = 8;
constexpr auto kRecentKey = "palette/recent"_L1;

QStringList recentIds()
{
    return QSettings().value(kRecentKey).toStringList();
}

void rememberId(const QString& id)
{
    QStringList recent = recentIds();
    recent.removeAll(id);
    recent.prepend(id);
    QSettings().setValue(kRecentKey, recent.mid(0, kRecentMax));
}

struct Ranked {
    PaletteEntry entry;
    FuzzyMatch match;
};

} // namespace

CommandPalette::CommandPalette(const ActionRegistry& actions,
                               QList<PaletteProvider> providers,
                               Scope scope,
                               QWidget* parent)
    : QDialog(parent, Qt::Popup | Qt::FramelessWindowHint)
    , m_actions(actions)
    , m_providers(std::move(providers))
    , m_scope(scope)
    , m_field(new QLineEdit(this))
    , m_list(new QListView(this))
    , m_model(new QStandardItemModel(this))
{
    build();
    fill();
}

void CommandPalette::build()
{
    setObjectName(u"palette"_s);
    setAttribute(Qt::WA_DeleteOnClose);
    setAccessibleName(tr("Command palette"));
    m_field->setProperty("bare", true);
    m_field->setFrame(false);
    m_field->setFont(typeFont(TypeRole::Heading));
    m_field->setAccessibleName(tr("What to look for"));
    m_field->setPlaceholderText(m_scope == Scope::Actions ? tr("Find an action")
                                                          : tr("Go to record, case, action"));
    m_field->addAction(icon(Icon::Search), QLineEdit::LeadingPosition);
    m_field->setMinimumHeight(scaled(42));
    m_field->installEventFilter(this);
    m_list->setModel(m_model);
    m_list->setItemDelegate(new PaletteDelegate(m_list)); // The list owns it.
    m_list->setFrameShape(QFrame::NoFrame);
    m_list->setFocusPolicy(Qt::NoFocus);
    m_list->setEditTriggers(QAbstractItemView::NoEditTriggers);
    m_list->setAccessibleName(tr("Results"));
    const QString keys = m_scope == Scope::Actions
        ? tr("Enter runs      Esc closes")
        : tr("Enter runs      %1 opens a record in a new window      Tab narrows to actions"
             "      Esc closes")
              .arg(QKeySequence(Qt::CTRL | Qt::Key_Return).toString(QKeySequence::NativeText));
    auto* hint = new QLabel(keys, this);
    hint->setFont(typeFont(TypeRole::Caption));
    hint->setForegroundRole(QPalette::PlaceholderText);
    hint->setContentsMargins(scaled(12), scaled(6), scaled(12), scaled(6));
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(1, 1, 1, 1);
    layout->setSpacing(0);
    layout->addWidget(m_field);
    layout->addWidget(m_list, 1);
    layout->addWidget(hint);
    connect(m_field, &QLineEdit::textChanged, this, [this] { fill(); });
    connect(m_list, &QListView::clicked, this, [this] { runCurrent(Where::Here); });
    resize(scaled(640), scaled(420));
    // Before it is shown: a popup gives the focus to whoever asked for it, and the keys of the pane
    // behind it rest only then.
    m_field->setFocus();
}

void CommandPalette::setText(const QString& text)
{
    m_field->setText(text);
}

QStringList CommandPalette::visibleTexts() const
{
    QStringList texts;
    for (int row = 0; row < m_model->rowCount(); ++row) {
        texts << m_model->index(row, 0).data().toString();
    }
    return texts;
}

QList<PaletteEntry> CommandPalette::actionEntries() const
{
    const QStringList recent = recentIds();
    QList<QAction*> actions = m_actions.all();
    std::stable_sort(actions.begin(), actions.end(), [&recent](QAction* a, QAction* b) {
        const auto rank = [&recent](QAction* action) {
            const auto at = recent.indexOf(action->objectName());
            return at < 0 ? kRecentMax : at;
        };
        return rank(a) < rank(b);
    });
    QList<PaletteEntry> entries;
    for (QAction* action : actions) {
        const auto* spec = m_actions.spec(action);
        const bool self = action->objectName() == "tools.palette"_L1
            || action->objectName() == "tools.everything"_L1;
        if (!action->isEnabled() || self || spec == nullptr) {
            continue;
        }
        QString where = menuTitle(spec->menu);
        where.remove(QLatin1Char('&'));
        entries << PaletteEntry{tr("Actions"),
                                ActionRegistry::plainText(action),
                                where,
                                spec->icon,
                                action->shortcut(),
                                [action] {
                                    rememberId(action->objectName());
                                    action->trigger();
                                }};
    }
    return entries;
}

void CommandPalette::fill()
{
    const QString text = m_field->text().trimmed();
    QList<PaletteEntry> candidates = actionEntries();
    if (m_scope == Scope::Everything && !m_isNarrow) {
        QList<PaletteEntry> provided;
        for (const auto& provider : m_providers) {
            provided += provider(text);
        }
        // Before a letter is typed the newest records are likelier than any action.
        candidates
            = text.isEmpty() ? provided.mid(0, kUnaskedMax) + candidates : candidates + provided;
    }
    std::vector<Ranked> ranked;
    QStringList sections;
    for (auto& candidate : candidates) {
        auto match = fuzzyMatch(text, candidate.text);
        if (!match && !candidate.detail.isEmpty()
            && candidate.detail.contains(text, Qt::CaseInsensitive)) {
            match = FuzzyMatch{};
        }
        if (match) {
            if (!sections.contains(candidate.section)) {
                sections << candidate.section;
            }
            ranked.push_back({candidate, *match});
        }
    }
    std::stable_sort(ranked.begin(), ranked.end(), [&sections](const Ranked& a, const Ranked& b) {
        const auto first = sections.indexOf(a.entry.section);
        const auto second = sections.indexOf(b.entry.section);
        return first != second ? first < second : a.match.score > b.match.score;
    });
    m_model->clear();
    m_entries.clear();
    QString section;
    for (const auto& [entry, match] : ranked) {
        if (m_entries.size() >= kRowsMax) {
            break;
        }
        if (entry.section != section) {
            section = entry.section;
            auto* heading = new QStandardItem(section);
            heading->setFlags(Qt::NoItemFlags);
            heading->setData(true, kHeadingRole);
            m_model->appendRow(heading);
            m_entries << PaletteEntry{};
        }
        auto* item = new QStandardItem(entry.text);
        item->setData(entry.detail, kDetailRole);
        item->setData(QVariant::fromValue(match.positions), kPositionsRole);
        item->setData(static_cast<int>(entry.icon), kIconRole);
        item->setData(entry.shortcut.toString(QKeySequence::NativeText), kKeyRole);
        m_model->appendRow(item);
        m_entries << entry;
    }
    m_list->setCurrentIndex({});
    moveBy(1);
}

void CommandPalette::moveBy(int step)
{
    const int rows = m_model->rowCount();
    int row = m_list->currentIndex().isValid() ? m_list->currentIndex().row() : -1;
    for (row += step; row >= 0 && row < rows; row += step) {
        if (m_entries.at(row).run) {
            m_list->setCurrentIndex(m_model->index(row, 0));
            return;
        }
    }
}

void CommandPalette::narrow()
{
    m_isNarrow = m_scope == Scope::Everything && !m_isNarrow;
    fill();
}

void CommandPalette::runCurrent(Where where)
{
    const int row = m_list->currentIndex().isValid() ? m_list->currentIndex().row() : -1;
    if (row < 0 || !m_entries.at(row).run) {
        return;
    }
    const auto& entry = m_entries.at(row);
    const auto run
        = where == Where::Elsewhere && entry.runElsewhere ? entry.runElsewhere : entry.run;
    close();
    run();
}

void CommandPalette::keyPressEvent(QKeyEvent* event)
{
    if (event->key() == Qt::Key_Escape) {
        close();
        return;
    }
    QDialog::keyPressEvent(event);
}

bool CommandPalette::eventFilter(QObject* object, QEvent* event)
{
    if (object == m_field && event->type() == QEvent::KeyPress) {
        const auto* key = static_cast<QKeyEvent*>(event);
        switch (key->key()) {
        case Qt::Key_Tab:
            narrow();
            return true;
        case Qt::Key_Down:
            moveBy(1);
            return true;
        case Qt::Key_Up:
            moveBy(-1);
            return true;
        case Qt::Key_Return:
        case Qt::Key_Enter:
            runCurrent((key->modifiers() & Qt::ControlModifier) != 0 ? Where::Elsewhere
                                                                     : Where::Here);
            return true;
        default:
            break;
        }
    }
    return QDialog::eventFilter(object, event);
}

void CommandPalette::paintEvent(QPaintEvent* event)
{
    Q_UNUSED(event);
    QPainter painter(this);
    painter.fillRect(rect(), colour(Role::Base));
    painter.setPen(colour(Role::Control));
    painter.drawRect(rect().adjusted(0, 0, -1, -1));
}

} // namespace exhibit::ui
