// SPDX-License-Identifier: Apache-2.0
#include "ui/windows/welcome.h"

#include "ui/text.h"
#include "ui/theme/fonts.h"
#include "ui/theme/style.h"
#include "ui/theme/theme.h"
#include "ui/widgets/elided_label.h"
#include "ui/widgets/message_bar.h"
#include "ui/widgets/tool_bar_parts.h"
#include "ui/windows/window_actions.h"

#include <QCheckBox>
#include <QGridLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPainter>
#include <QPushButton>
#include <QVBoxLayout>

namespace exhibit::ui {
namespace {

QLabel* heading(const QString& text, QWidget* parent)
{
    auto* label = new QLabel(text, parent);
    label->setFont(typeFont(TypeRole::Heading));
    return label;
}

QLabel* secondary(const QString& text, QWidget* parent)
{
    auto* label = new QLabel(text, parent);
    label->setFont(typeFont(TypeRole::Small));
    label->setWordWrap(true);
    makeSecondary(label);
    return label;
}

} // namespace

Welcome::Welcome(Doings doings, QWidget* parent)
    : QWidget(parent)
    , m_doings(std::move(doings))
{
    setAccessibleName(tr("Welcome"));
    auto* title = new QLabel(tr("What happened, why, and can you prove it?"), this);
    title->setFont(typeFont(TypeRole::Welcome));
    auto* grid = new QGridLayout;
    grid->setHorizontalSpacing(scaled(72));
    grid->setVerticalSpacing(scaled(16));
    grid->addWidget(title, 0, 0, 1, 2);
    grid->addWidget(
        secondary(tr("Connect to a gateway to investigate live traffic, or start one on this "
                     "machine: what it records stays for the next time."),
                  this),
        1,
        0,
        1,
        2);
    grid->addWidget(connectPart(), 2, 0, Qt::AlignTop);
    grid->addWidget(stepsPart(), 2, 1, Qt::AlignTop);
    grid->addWidget(recentPart(m_servers), 3, 0, Qt::AlignTop);
    grid->addWidget(recentPart(m_files), 3, 1, Qt::AlignTop);
    grid->setColumnMinimumWidth(0, scaled(500));
    grid->setColumnMinimumWidth(1, scaled(500));
    auto* row = new QHBoxLayout;
    row->addStretch(1);
    row->addLayout(grid);
    row->addStretch(1);
    m_offer = new MessageBar(this);
    m_question = new MessageBar(this);
    m_question->setObjectName(QStringLiteral("welcome.question"));
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(m_offer);
    layout->addWidget(m_question);
    layout->addStretch(2);
    layout->addLayout(row);
    layout->addStretch(3);
    setFocusProxy(m_address);
}

QWidget* Welcome::connectPart()
{
    auto* part = new QWidget(this);
    m_address = new QLineEdit(part);
    m_address->setFont(typeFont(TypeRole::Mono));
    m_address->setAccessibleName(tr("Address"));
    m_address->setPlaceholderText(QStringLiteral("https://host:port"));
    m_key = new QLineEdit(part);
    m_key->setEchoMode(QLineEdit::Password);
    m_key->setAccessibleName(tr("API key"));
    m_keep = new QCheckBox(tr("Keep the key in the system’s key store"), part);
    m_keyNote = secondary({}, part);
    m_keyNote->hide();
    auto* connecting = new QPushButton(tr("Connect"), part);
    connecting->setProperty("default", true);
    auto* pasted = new QPushButton(tr("Paste path"), part);
    connect(pasted, &QPushButton::clicked, this, [this] { m_doings.pasteEvidence(); });
    auto* local = new QPushButton(tr("Start a local gateway…"), part);
    m_progress = secondary({}, part);
    m_progress->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    connect(connecting, &QPushButton::clicked, this, &Welcome::submit);
    auto* evidence = new QPushButton(tr("Open evidence…"), part);
    connect(evidence, &QPushButton::clicked, this, [this] { m_doings.openEvidence(); });
    connect(local, &QPushButton::clicked, this, [this] { m_doings.startLocal(); });
    connect(m_address, &QLineEdit::returnPressed, this, &Welcome::submit);
    connect(m_key, &QLineEdit::returnPressed, this, &Welcome::submit);
    auto* addressLabel = new QLabel(tr("&Address"), part);
    addressLabel->setBuddy(m_address);
    auto* keyLabel = new QLabel(tr("API &key"), part);
    keyLabel->setBuddy(m_key);
    auto* buttons = new QHBoxLayout;
    buttons->addWidget(connecting);
    buttons->addWidget(local);
    buttons->addStretch(1);
    auto* opening = new QHBoxLayout;
    opening->addWidget(evidence);
    opening->addWidget(pasted);
    opening->addStretch(1);
    auto* form = new QGridLayout(part);
    form->setContentsMargins(0, 0, 0, 0);
    form->setColumnMinimumWidth(0, scaled(84));
    form->setColumnStretch(1, 1);
    form->setVerticalSpacing(scaled(8));
    form->addWidget(heading(tr("Connect to a gateway"), part), 0, 0, 1, 2);
    form->addWidget(addressLabel, 1, 0);
    form->addWidget(m_address, 1, 1);
    form->addWidget(keyLabel, 2, 0);
    form->addWidget(m_key, 2, 1);
    form->addWidget(m_keep, 3, 1);
    form->addWidget(m_keyNote, 4, 1);
    form->addLayout(buttons, 5, 1);
    form->addLayout(opening, 6, 1);
    form->addWidget(m_progress, 7, 1);
    makeStop(part);
    return part;
}

QWidget* Welcome::stepsPart()
{
    auto* part = new QWidget(this);
    auto* column = new QVBoxLayout(part);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(scaled(8));
    column->addWidget(heading(tr("Three steps to the first incident"), part));
    struct Step {
        QString title;
        QString text;
        QString button;
        std::function<void()> run;
    };
    const Step steps[] = {
        {tr("Start with sample traffic"),
         tr("A gateway and six recorded stories; nothing of it stays"),
         tr("Start"),
         m_doings.startSample},
        {tr("Open the newest incident"),
         tr("An answer that a policy stopped at one byte"),
         tr("Open"),
         m_doings.openFirstIncident},
        {tr("Jump to the inflection point"),
         tr("Where the run changed its course, and why"),
         tr("Jump"),
         m_doings.jumpToInflection},
    };
    int number = 0;
    for (const auto& step : steps) {
        column->addWidget(horizontalRule(part));
        auto* row = new QHBoxLayout;
        auto* count = new QLabel(QString::number(++number), part);
        makeSecondary(count);
        count->setFixedWidth(scaled(16));
        auto* texts = new QVBoxLayout;
        texts->setSpacing(0);
        auto* title = new QLabel(step.title, part);
        title->setFont(boldFont(TypeRole::Body));
        texts->addWidget(title);
        texts->addWidget(secondary(step.text, part));
        auto* button = new QPushButton(step.button, part);
        button->setProperty("small", true);
        button->setMinimumWidth(scaled(84));
        button->setAccessibleName(step.title);
        connect(button, &QPushButton::clicked, this, [run = step.run] { run(); });
        row->addWidget(count);
        row->addLayout(texts, 1);
        row->addWidget(button);
        column->addLayout(row);
    }
    makeStop(part);
    return part;
}

QWidget* Welcome::recentPart(QVBoxLayout*& list)
{
    auto* part = new QWidget(this);
    list = new QVBoxLayout(part);
    list->setContentsMargins(0, 0, 0, 0);
    list->setSpacing(scaled(6));
    makeStop(part);
    return part;
}

void Welcome::setRecent(const QList<RecentServer>& servers, const QList<RecentFile>& files)
{
    for (auto* list : {m_servers, m_files}) {
        while (auto* item = list->takeAt(0)) {
            if (item->widget() != nullptr) {
                item->widget()->deleteLater(); // It may be the button that was just pressed.
            }
            delete item;
        }
    }
    if (!servers.isEmpty()) {
        m_servers->addWidget(heading(tr("Recent gateways"), this));
    }
    for (const auto& server : servers) {
        auto* row = addRecent(*m_servers,
                              Icon::Server,
                              server.address,
                              server.when,
                              [this, address = server.address] {
                                  setAddress(address);
                                  submit();
                              });
        auto* forget = new QPushButton(tr("Forget"), row);
        forget->setProperty("small", true);
        forget->setAccessibleName(tr("Forget %1").arg(server.address));
        forget->setToolTip(tr("Removes the server from this list, and a key that is kept for it"));
        connect(forget, &QPushButton::clicked, this, [this, address = server.address] {
            m_address->setFocus(); // This button goes.
            m_doings.forgetServer(address);
        });
        row->layout()->addWidget(forget);
    }
    if (files.isEmpty()) {
        return;
    }
    m_files->addWidget(heading(tr("Recent evidence"), this));
    for (const auto& file : files) {
        auto* row = addRecent(*m_files,
                              Icon::File,
                              file.name(),
                              file.isMissing ? tr("file not found") : file.when,
                              [this, path = file.path] { m_doings.openFiles({path}); });
        row->setToolTip(file.path);
    }
    auto* forget = new QPushButton(tr("Clear the list of files"), this);
    forget->setProperty("small", true);
    connect(forget, &QPushButton::clicked, this, [this] {
        m_address->setFocus();
        m_doings.forgetFiles();
    });
    m_files->addWidget(forget, 0, Qt::AlignLeft);
}

/// The row, for what else stands in it.
QWidget* Welcome::addRecent(QVBoxLayout& list,
                            Icon sign,
                            const QString& text,
                            const QString& note,
                            std::function<void()> run)
{
    list.addWidget(horizontalRule(this));
    auto* row = new QWidget(this);
    auto* button = new QToolButton(row);
    button->setIcon(icon(sign));
    button->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    button->setText(text);
    button->setAccessibleName(text + QStringLiteral(", ") + note);
    button->setAutoRaise(true);
    button->setFocusPolicy(Qt::StrongFocus);
    connect(button, &QToolButton::clicked, this, [run = std::move(run)] { run(); });
    auto* layout = new QHBoxLayout(row);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(button);
    layout->addStretch(1);
    auto* said = new QLabel(note, row);
    makeSecondary(said);
    layout->addWidget(said);
    list.addWidget(row);
    return row;
}

void Welcome::setAddress(const QString& address)
{
    m_address->setText(address);
}

void Welcome::setKeyStoreNote(const QString& note)
{
    m_keyNote->setText(note);
    m_keyNote->setVisible(!note.isEmpty());
}

void Welcome::setProgress(const QString& text, bool failed)
{
    m_progress->setText(text);
    failed ? makeFailed(m_progress) : makeSecondary(m_progress);
}

QString Welcome::progressText() const
{
    return m_progress->text();
}

void Welcome::offerSession(const QString& what,
                           std::function<void()> restore,
                           std::function<void()> startFresh)
{
    m_offer->showMessage(
        MessageBar::Kind::Warning, tr("The console did not end properly last time."), what);
    m_offer->addAction(tr("Restore last session"), [this, restore = std::move(restore)] {
        m_offer->clear();
        restore();
    });
    m_offer->addAction(tr("Start afresh"), [this, startFresh = std::move(startFresh)] {
        m_offer->clear();
        startFresh();
    });
}

void Welcome::askToSendReadable(const QString& address,
                                const std::function<void()>& send,
                                const std::function<void()>& leave)
{
    m_question->showMessage(
        MessageBar::Kind::Warning,
        tr("The key would go to %1 without encryption.").arg(isolated(address)),
        tr("Whoever can read the network on the way there can use it. An address with https:// "
           "keeps it to the server."));
    m_question->addAction(tr("Do not connect"), [this, leave] {
        m_question->clear();
        leave();
    });
    m_question->addAction(tr("Send the key anyway"), [this, send] {
        m_question->clear();
        send();
    });
}

void Welcome::takeQuestionBack()
{
    m_question->clear();
}

void Welcome::submit()
{
    m_doings.connectTo({m_address->text().trimmed(),
                        Secret(fromQt(m_key->text().trimmed())),
                        m_keep->isChecked()});
    m_key->clear();
}

void Welcome::paintEvent(QPaintEvent* event)
{
    Q_UNUSED(event);
    QPainter(this).fillRect(rect(), colour(Role::Base));
}

} // namespace exhibit::ui
