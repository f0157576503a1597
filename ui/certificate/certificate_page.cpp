// SPDX-License-Identifier: Apache-2.0
#include "ui/certificate/certificate_page.h"

#include "ui/certificate/certificate_view.h"
#include "ui/certificate/check_marks.h"
#include "ui/certificate/entries_view.h"
#include "ui/certificate/pack_model.h"
#include "ui/certificate/pinned_keys_dialog.h"
#include "ui/text.h"
#include "ui/theme/fonts.h"
#include "ui/theme/style.h"
#include "ui/widgets/empty_state.h"
#include "ui/widgets/message_bar.h"
#include "ui/widgets/time_display.h"
#include "ui/widgets/tool_bar_parts.h"
#include "ui/windows/job_bar.h"
#include "ui/windows/recent_files.h"
#include "ui/windows/window_actions.h"

#include <QClipboard>
#include <QFileDialog>
#include <QFileInfo>
#include <QGuiApplication>
#include <QHeaderView>
#include <QLabel>
#include <QSplitter>
#include <QStackedWidget>
#include <QTreeView>
#include <QUrl>
#include <QVBoxLayout>

namespace exhibit::ui {
namespace {

using namespace Qt::StringLiterals;

/// The heading of a part, as docks have it.
QWidget* partTitle(const QString& text, QLabel* note, QWidget* parent)
{
    auto* bar = new QWidget(parent);
    bar->setFixedHeight(scaled(26));
    bar->setAutoFillBackground(true);
    bar->setBackgroundRole(QPalette::Midlight);
    auto* title = new QLabel(text, bar);
    title->setFont(boldFont(TypeRole::Small));
    auto* row = new QHBoxLayout(bar);
    row->setContentsMargins(scaled(8), 0, scaled(8), 0);
    row->addWidget(title);
    row->addStretch(1);
    if (note != nullptr) {
        makeSecondary(note);
        row->addWidget(note);
    }
    return bar;
}

QWidget* titled(QWidget* bar, QWidget* content, QWidget* parent)
{
    auto* part = new QWidget(parent);
    auto* column = new QVBoxLayout(part);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(bar);
    column->addWidget(content, 1);
    return part;
}

constexpr qsizetype kPastedShown = 120;

QString clockOf(const QDateTime& time)
{
    return TimeDisplay::instance().clock(fromMicroseconds(time.toMSecsSinceEpoch() * 1000));
}

} // namespace

CertificatePage::CertificatePage(const Services& services, QWidget* parent)
    : QWidget(parent)
    , m_services(services)
    , m_trust(new TrustStore(this))
    , m_files(new EvidenceList(*m_trust, *services.jobs, this))
    , m_bar(new MessageBar(this))
    , m_contents(new PackModel(*m_files, this))
    , m_middle(new QStackedWidget(this))
    , m_empty(new EmptyState(this))
    , m_waiting(new EmptyState(this))
    , m_certificate(new CertificateView(this))
    , m_entries(new EntriesView(this))
    , m_note(new QLabel(this))
{
    setAccessibleName(tr("Certificate"));
    m_empty->setTexts(
        tr("No evidence is open"),
        tr("Drop a pack, a certificate or a report anywhere on this window. It is read, never "
           "changed, and nothing is asked of any server."));
    m_middle->addWidget(m_empty);
    m_middle->addWidget(m_certificate);
    m_middle->addWidget(m_waiting);
    auto* splitter = new QSplitter(Qt::Horizontal, this);
    splitter->addWidget(contentsPart());
    splitter->addWidget(titled(partTitle(tr("Certificate"), m_note, this), m_middle, splitter));
    splitter->addWidget(
        titled(partTitle(tr("Entries and withheld"), nullptr, this), m_entries, splitter));
    for (int part = 0; part < splitter->count(); ++part) {
        makeStop(splitter->widget(part));
    }
    splitter->setSizes({scaled(264), scaled(876), scaled(460)});
    splitter->setStretchFactor(1, 1);
    splitter->setChildrenCollapsible(false);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(new JobBar(services, this));
    column->addWidget(m_bar);
    column->addWidget(splitter, 1);
    connect(m_files, &EvidenceList::changed, this, &CertificatePage::changed);
    connect(m_files, &EvidenceList::closed, this, [this] { changed(-1); });
    connect(&TimeDisplay::instance(), &TimeDisplay::changed, this, &CertificatePage::showSelected);
    handleActions();
    showSelected();
    setFocusProxy(m_tree);
}

QWidget* CertificatePage::contentsPart()
{
    m_tree = new QTreeView(this);
    m_tree->setModel(m_contents);
    m_tree->setHeaderHidden(true);
    m_tree->setFrameShape(QFrame::NoFrame);
    m_tree->setUniformRowHeights(true);
    m_tree->setAccessibleName(tr("Contents"));
    m_tree->header()->setStretchLastSection(false);
    m_tree->header()->setSectionResizeMode(PackModel::Name, QHeaderView::Stretch);
    m_tree->header()->setSectionResizeMode(PackModel::Note, QHeaderView::ResizeToContents);
    m_tree->setItemDelegate(new CheckDelegate( // The tree owns it.
        {PackModel::Note, PackModel::ResultRole, CheckDelegate::Shows::Mark},
        m_tree));
    connect(m_tree->selectionModel(),
            &QItemSelectionModel::currentChanged,
            this,
            [this](const QModelIndex& current) {
                if (current.isValid()) {
                    m_selected = current.data(PackModel::FileRole).toInt();
                    showSelected();
                }
            });
    m_custody = new QLabel(this);
    m_custody->setContentsMargins(scaled(12), scaled(8), scaled(12), scaled(8));
    m_custody->setTextFormat(Qt::PlainText);
    m_custody->setWordWrap(true);
    auto* open = actionButton(m_services.actions->action(u"evidence.open"_s), this, true);
    auto* part = new QWidget(this);
    part->setAutoFillBackground(true);
    part->setBackgroundRole(QPalette::Base);
    auto* column = new QVBoxLayout(part);
    column->setContentsMargins(0, 0, 0, scaled(8));
    column->setSpacing(0);
    column->addWidget(m_tree, 1);
    column->addWidget(horizontalRule(part));
    column->addWidget(m_custody);
    column->addWidget(open, 0, Qt::AlignHCenter);
    return titled(partTitle(tr("Contents"), nullptr, this), part, this);
}

void CertificatePage::handleActions()
{
    auto& actions = *m_services.actions;
    actions.handle(u"evidence.open", this, [this] { askForFiles(); });
    actions.handle(u"evidence.paste", this, [this] { openPasted(); });
    actions.handle(u"evidence.verify_again", this, [this] {
        if (m_selected >= 0) {
            m_files->verifyAgain(m_selected);
        }
    });
    actions.handle(u"evidence.close", this, [this] {
        if (m_selected >= 0) {
            m_files->close(m_selected);
        }
    });
    actions.handle(u"evidence.copy_summary", this, [this] {
        if (m_middle->currentWidget() == m_certificate) {
            QGuiApplication::clipboard()->setText(withoutIsolates(m_certificate->summary()));
        }
    });
    actions.handle(u"evidence.pinned_keys", this, [this] {
        (new PinnedKeysDialog(*m_trust, window()))->open();
    });
    actions.handle(u"evidence.trust_authority", this, [this] { askForAuthority(); });
}

/// Files are verified again with it as soon as it is pinned.
void CertificatePage::askForAuthority()
{
    auto* dialog
        = new QFileDialog(window(), tr("Trust a certificate authority")); // Deletes itself.
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::ExistingFile);
    dialog->setNameFilter(tr("Certificates (*.pem *.crt *.cer *.der);;All files (*)"));
    connect(dialog, &QFileDialog::fileSelected, this, [this](const QString& path) {
        const auto pinned = m_trust->pinFile(path);
        m_services.actions->trigger(u"workspace.certificate"); // Where it is said.
        if (pinned) {
            m_bar->showMessage(MessageBar::Kind::Done,
                               tr("Reports by %1 are trusted from now on.")
                                   .arg(isolatedText(pinned->join(u"; "_s))),
                               tr("Pinned keys has it, and removes it."));
        } else {
            m_bar->showMessage(
                MessageBar::Kind::Error,
                tr("%1 was not pinned.").arg(isolatedText(QFileInfo(path).fileName())),
                toQt(pinned.error().message));
        }
        m_bar->addAction(tr("Close"), [this] { m_bar->clear(); });
    });
    dialog->open();
}

void CertificatePage::askForFiles()
{
    const QStringList files = QFileDialog::getOpenFileNames(
        this,
        tr("Open evidence"),
        {},
        tr("Evidence (*.exhibit *.json *.pdf *.zip);;All files (*)"));
    if (!files.isEmpty()) {
        m_services.openFiles(files);
    }
}

/// As file managers and terminals copy it: a path, in quotes, or as an address.
void CertificatePage::openPasted()
{
    QString text = QGuiApplication::clipboard()->text().trimmed();
    if (text.size() > 1 && (text.front() == u'\'' || text.front() == u'"')
        && text.back() == text.front()) {
        text = text.mid(1, text.size() - 2);
    }
    const QUrl url(text);
    const QString path = url.isLocalFile() ? url.toLocalFile() : text;
    if (QFileInfo(path).isAbsolute() && QFileInfo::exists(path)) {
        return m_services.openFiles({path});
    }
    m_services.actions->trigger(u"workspace.certificate"); // Where it is said.
    m_bar->showMessage(MessageBar::Kind::Warning,
                       tr("The clipboard holds no path of a file on this machine."),
                       text.section(u'\n', 0, 0).left(kPastedShown));
    m_bar->addAction(tr("Close"), [this] { m_bar->clear(); });
}

/// The ways out of the empty page.
void CertificatePage::offerRecent()
{
    m_empty->clearWays();
    m_empty->addWay(Icon::Folder, tr("Open evidence…"), [this] { askForFiles(); });
    m_empty->addWay(Icon::Copy, tr("Paste path"), [this] { openPasted(); });
    const auto recent = RecentFiles::list();
    for (const auto& file : recent) {
        const int way = m_empty->addWay(
            Icon::File, file.name(), [this, path = file.path] { m_services.openFiles({path}); });
        m_empty->setWayNote(way, file.isMissing ? tr("file not found") : file.when);
    }
    if (!recent.isEmpty()) {
        m_empty->addWay(Icon::Close, tr("Clear the list of files"), [this] {
            RecentFiles::clear();
            offerRecent();
        });
    }
}

void CertificatePage::showEvent(QShowEvent* event)
{
    QWidget::showEvent(event);
    if (m_selected < 0) {
        offerRecent(); // Other windows, and the disk, may have changed it.
    }
}

void CertificatePage::openFiles(const QStringList& paths)
{
    RecentFiles::remember(paths);
    const auto opened = m_files->open(paths);
    if (opened.last >= 0) {
        select(opened.last);
    }
    saySkipped(opened);
}

void CertificatePage::saySkipped(const EvidenceList::Opened& opened)
{
    m_bar->clear();
    if (opened.skipped.isEmpty() && opened.empty.isEmpty()) {
        return;
    }
    const auto count = static_cast<int>(opened.skipped.size());
    m_bar->showMessage(MessageBar::Kind::Warning,
                       count == 0 ? tr("Nothing was opened: there is no file in it.")
                           : opened.more
                           ? tr("%n file(s) and more were not opened: 100 at once.", nullptr, count)
                           : tr("%n file(s) were not opened: 100 at once.", nullptr, count),
                       QStringList(opened.skipped + opened.empty).mid(0, 3).join(u", "_s));
    m_bar->addAction(tr("Close"), [this] { m_bar->clear(); });
}

void CertificatePage::changed(qsizetype index)
{
    m_contents->rebuild();
    const auto count = static_cast<qsizetype>(m_files->files().size());
    // What somebody looks at stays, whichever file is verified first.
    select(std::min(m_selected >= 0 ? m_selected : index, count - 1));
}

void CertificatePage::select(qsizetype index)
{
    m_selected = index;
    if (index >= 0) {
        const QModelIndex top = m_contents->index(static_cast<int>(index), 0, {});
        m_tree->setCurrentIndex(top);
        m_tree->expand(top);
    }
    showSelected();
}

void CertificatePage::showSelected()
{
    const bool any = m_selected >= 0;
    const auto* file = any ? &m_files->files().at(static_cast<std::size_t>(m_selected)) : nullptr;
    const bool verified = any && file->isVerified();
    for (const QStringView id : {u"evidence.verify_again", u"evidence.close"}) {
        m_services.actions->action(id)->setEnabled(any);
    }
    m_services.actions->action(u"evidence.copy_summary")->setEnabled(verified);
    m_middle->setCurrentWidget(verified  ? static_cast<QWidget*>(m_certificate)
                                   : any ? m_waiting
                                         : m_empty);
    m_entries->setVisible(verified);
    m_custody->setVisible(any);
    m_note->clear();
    if (!any) {
        return offerRecent();
    }
    const QString opened = tr("%1  Opened, read only").arg(clockOf(file->openedAt));
    if (verified) {
        m_custody->setText(opened + u'\n' + tr("%1  Verified").arg(clockOf(file->verifiedAt)));
        showVerified(*file);
        return;
    }
    m_custody->setText(opened);
    m_note->setText(file->cancelled ? tr("not verified") : tr("verifying…"));
    m_waiting->setTexts(file->cancelled ? tr("%1 was not verified").arg(isolatedText(file->name()))
                                        : tr("Verifying %1…").arg(isolatedText(file->name())),
                        file->cancelled
                            ? tr("The verification was cancelled. Nothing is known of the file.")
                            : tr("Nothing is said of the file before that is done."));
}

void CertificatePage::showVerified(const EvidenceFile& file)
{
    m_note->setText(tr("verified %1 in %2 ms, offline")
                        .arg(clockOf(file.verifiedAt))
                        .arg(std::max<qint64>(1, file.verifiedInMs)));
    m_certificate->show(file);
    m_entries->show(file.inspection);
}

} // namespace exhibit::ui
