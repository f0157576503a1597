// SPDX-License-Identifier: Apache-2.0
#include "ui/certificate/certificate_view.h"

#include "ui/certificate/answer_row.h"
#include "ui/certificate/check_marks.h"
#include "ui/shell_quote.h"
#include "ui/text.h"
#include "ui/theme/fonts.h"
#include "ui/theme/style.h"
#include "ui/theme/theme.h"
#include "ui/widgets/tool_bar_parts.h"

#include <QClipboard>
#include <QGridLayout>
#include <QGuiApplication>
#include <QLabel>
#include <QPainter>
#include <QVBoxLayout>

#include <algorithm>

namespace exhibit::ui {
namespace {

using namespace Qt::StringLiterals;

/// The line at the left of the headline: the text's colour, or that of a failure.
class Edge : public QWidget {
public:
    explicit Edge(QWidget* parent)
        : QWidget(parent)
    {
        setFixedWidth(scaled(4));
    }

protected:
    void paintEvent(QPaintEvent* event) override
    {
        Q_UNUSED(event);
        const bool failed = property("failed").toBool();
        QPainter(this).fillRect(rect(), colour(failed ? Role::Failed : Role::Text));
    }
};

/// The sign of a failure beside the headline.
class FailedSign : public QWidget {
public:
    explicit FailedSign(QWidget* parent)
        : QWidget(parent)
    {
        setFixedSize(scaled(22), scaled(22));
        setAccessibleName(wordOf(Mark::Failed));
    }

protected:
    void paintEvent(QPaintEvent* event) override
    {
        Q_UNUSED(event);
        QPainter painter(this);
        paintMark(painter, Mark::Failed, QRectF(rect()).center(), scaled(20));
    }
};

QLabel* selectable(QWidget* parent)
{
    auto* label = new QLabel(parent);
    label->setTextFormat(Qt::PlainText);
    label->setWordWrap(true);
    label->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    return label;
}

QLabel* caption(const QString& text, QWidget* parent)
{
    auto* label = new QLabel(text, parent);
    label->setFont(boldFont(TypeRole::Small));
    label->setContentsMargins(scaled(16), scaled(12), scaled(16), scaled(4));
    return label;
}

/// "3 entries of exhibit.example/demo/log1, 11 fields shown, 1 withheld, 0 erased."
QString aboutText(const EvidenceFile& file)
{
    const auto& inspection = file.inspection;
    const auto& report = inspection.report;
    if (report.verdict == evidence::Verdict::Unreadable) {
        return report.checks.empty() ? QString() : toQt(report.checks.front().detail);
    }
    if (inspection.kind == evidence::FileKind::Bundle) {
        return CertificateView::tr("Facts as a machine reads them; no pack is in the file.");
    }
    if (inspection.kind == evidence::FileKind::Archive) {
        return CertificateView::tr(
            "%n file(s) of an export.", nullptr, static_cast<int>(inspection.files.size()));
    }
    QStringList parts;
    if (!inspection.entries.empty()) {
        parts << CertificateView::tr(
            "%n entries", nullptr, static_cast<int>(inspection.entries.size()));
    }
    // A pack may show no field at all; a certificate alone lists none.
    if (!inspection.files.empty() || report.disclosed + report.withheld + report.erased > 0) {
        parts << CertificateView::tr("%n fields shown", nullptr, static_cast<int>(report.disclosed))
              << CertificateView::tr("%n withheld", nullptr, static_cast<int>(report.withheld))
              << CertificateView::tr("%n erased", nullptr, static_cast<int>(report.erased));
    } else if (inspection.kind == evidence::FileKind::Report) {
        parts << CertificateView::tr("A report without a pack: what it was made from is attached");
    } else {
        parts << CertificateView::tr("A certificate alone: what only the log can show is open");
    }
    return (report.origin.empty() ? QString() : isolated(toQt(report.origin)) + u": "_s)
        + parts.join(u", "_s) + u'.';
}

QString timeText(const evidence::VerificationReport& report)
{
    if (report.verdict == evidence::Verdict::Unreadable) {
        return {};
    }
    return report.timeProven
        ? CertificateView::tr("A time stamp proves that it existed at %1.")
              .arg(toQt(*report.timeProven))
        : CertificateView::tr("The time is the server’s own claim; no time stamp proves it.");
}

/// Without all of these a good file is at most untrusted. Of archives those are signed that have a
/// cover.
QString keysFor(const evidence::Inspection& inspection)
{
    using evidence::FileKind;
    const bool hasCover = std::any_of(
        inspection.files.begin(), inspection.files.end(), [](const evidence::InspectedFile& file) {
            return file.path.ends_with(".pdf");
        });
    const bool isReport
        = inspection.kind == FileKind::Report || (inspection.kind == FileKind::Archive && hasCover);
    return u" --trust-log …"_s
        + (isReport || inspection.kind == FileKind::Evidence ? u" --trust-certificate …"_s
                                                             : QString())
        + (isReport ? u" --pdf-ca …"_s : QString());
}

/// For a POSIX shell: whatever the file is called, its name is one argument and no option.
QString commandsFor(const EvidenceFile& file)
{
    const QString name = shellQuoted(u"./"_s + file.name());
    // Archives of other exports have the one manifest.
    const bool isPack = file.inspection.kind == evidence::FileKind::Evidence;
    const QString unpack = u"unzip -q %1 && cd %2\n"_s
        + (isPack ? u"sha256sum --strict -c tagmanifest-sha256.txt && "_s : QString())
        + u"sha256sum --strict -c manifest-sha256.txt\n"_s;
    const QString folder = toQt(file.inspection.folder);
    return (folder.isEmpty() ? QString() : unpack.arg(name, shellQuoted(u"./"_s + folder)))
        + u"exhibitctl verify %1"_s.arg(name) + keysFor(file.inspection);
}

} // namespace

CertificateView::CertificateView(QWidget* parent)
    : QScrollArea(parent)
{
    setFrameShape(QFrame::NoFrame);
    setWidgetResizable(true);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setAccessibleName(tr("Certificate"));
    auto* content = new QWidget(this);
    content->setAutoFillBackground(true);
    content->setBackgroundRole(QPalette::Base);
    auto* column = new QVBoxLayout(content);
    column->setContentsMargins(0, 0, 0, scaled(16));
    column->setSpacing(0);
    column->addWidget(head(content));
    column->addWidget(horizontalRule(content));
    for (std::size_t i = 0; i < m_answers.size(); ++i) {
        m_answers.at(i) = new AnswerRow(static_cast<evidence::Answer>(i), content);
        column->addWidget(m_answers.at(i));
    }
    column->addWidget(caption(tr("Hashes, SHA-256"), content));
    m_digests = new QGridLayout;
    m_digests->setContentsMargins(scaled(16), 0, scaled(16), 0);
    m_digests->setHorizontalSpacing(scaled(16));
    m_digests->setVerticalSpacing(scaled(2));
    m_digests->setColumnStretch(1, 1);
    column->addLayout(m_digests);
    column->addWidget(caption(tr("Check without this program"), content));
    m_commands = selectable(content);
    m_commands->setFont(typeFont(TypeRole::Mono));
    m_commands->setFrameShape(QFrame::StyledPanel);
    m_commands->setMargin(scaled(8));
    auto* commands = new QVBoxLayout;
    commands->setContentsMargins(scaled(16), 0, scaled(16), 0);
    commands->addWidget(m_commands);
    column->addLayout(commands);
    column->addStretch(1);
    setWidget(content);
}

QWidget* CertificateView::head(QWidget* parent)
{
    auto* head = new QWidget(parent);
    m_edge = new Edge(head);
    m_headline = selectable(head);
    m_headline->setFont(typeFont(TypeRole::Title));
    m_about = selectable(head);
    m_time = selectable(head);
    m_time->setFont(boldFont(TypeRole::Body));
    m_mark = new FailedSign(head);
    auto* title = new QHBoxLayout;
    title->setSpacing(scaled(10));
    title->addWidget(m_mark);
    title->addWidget(m_headline, 1);
    auto* texts = new QVBoxLayout;
    texts->setContentsMargins(scaled(12), scaled(14), scaled(16), scaled(14));
    texts->setSpacing(scaled(6));
    texts->addLayout(title);
    texts->addWidget(m_about);
    texts->addWidget(m_time);
    auto* row = new QHBoxLayout(head);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(0);
    row->addWidget(m_edge);
    row->addLayout(texts, 1);
    return head;
}

void CertificateView::show(const EvidenceFile& file)
{
    const auto& report = file.inspection.report;
    const auto answers = evidence::answersOf(report);
    for (std::size_t i = 0; i < answers.size(); ++i) {
        m_answers.at(i)->show(answers.at(i));
    }
    m_edge->setProperty("failed", report.hasFailure());
    m_edge->update();
    m_mark->setVisible(report.hasFailure()); // A good file has no big tick: it has five answers.
    m_headline->setText(headlineOf(file.inspection));
    m_about->setText(aboutText(file));
    m_about->setVisible(!m_about->text().isEmpty());
    m_time->setText(timeText(report));
    m_time->setVisible(!m_time->text().isEmpty());
    showDigests(file);
    m_commands->setText(commandsFor(file));
    ensureVisible(0, 0);
}

void CertificateView::showDigests(const EvidenceFile& file)
{
    while (auto* item = m_digests->takeAt(0)) {
        delete item->widget();
        delete item;
    }
    int row = 0;
    for (const auto& digest : file.inspection.digests) {
        auto* name = new QLabel(toQt(digest.name), widget());
        makeSecondary(name);
        auto* value = selectable(widget());
        value->setWordWrap(false);
        value->setFont(typeFont(TypeRole::Mono));
        value->setText(toQt(digest.value));
        value->setLayoutDirection(Qt::LeftToRight);
        value->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
        auto* copy = iconButton(Icon::Copy, tr("Copy hash of %1").arg(toQt(digest.name)), widget());
        connect(copy, &QToolButton::clicked, this, [text = toQt(digest.value)] {
            QGuiApplication::clipboard()->setText(text);
        });
        m_digests->addWidget(name, row, 0);
        m_digests->addWidget(value, row, 1);
        m_digests->addWidget(copy, row, 2);
        ++row;
    }
}

QString CertificateView::summary() const
{
    QStringList lines{m_headline->text(), m_about->text(), m_time->text(), QString()};
    for (const auto* answer : m_answers) {
        lines << answer->accessibleName();
    }
    return lines.join(u'\n').trimmed() + u'\n';
}

const AnswerRow& CertificateView::answer(evidence::Answer which) const
{
    return *m_answers.at(static_cast<std::size_t>(which));
}

QString CertificateView::commands() const
{
    return m_commands->text();
}

QString CertificateView::about() const
{
    return m_about->text();
}

QString CertificateView::headline() const
{
    return m_headline->text();
}

} // namespace exhibit::ui
