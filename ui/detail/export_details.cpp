// SPDX-License-Identifier: Apache-2.0
#include "ui/detail/export_details.h"

#include "ui/text.h"
#include "ui/theme/style.h"

#include <QCheckBox>
#include <QComboBox>
#include <QDateTimeEdit>
#include <QFile>
#include <QFileDialog>
#include <QFormLayout>
#include <QLineEdit>
#include <QStackedWidget>
#include <QToolButton>

namespace exhibit::ui {
namespace {

using namespace Qt::StringLiterals;

constexpr qint64 kFileBytesMax = qint64{1} << 20U;

QLineEdit* lineIn(QFormLayout& form, const QString& label, const QString& name)
{
    auto* line = new QLineEdit(form.parentWidget());
    line->setObjectName(name);
    line->setMaxLength(300);
    form.addRow(label, line);
    return line;
}

QFormLayout* formOn(QWidget* page)
{
    auto* form = new QFormLayout(page);
    form->setContentsMargins(0, 0, 0, 0);
    form->setVerticalSpacing(scaled(4));
    return form;
}

void addText(JsonObject& object, std::string_view member, const QString& text)
{
    if (!text.trimmed().isEmpty()) {
        object.emplace(member, fromQt(text.trimmed()));
    }
}

void addChoice(JsonObject& object, std::string_view member, const QComboBox& box)
{
    addText(object, member, box.currentData().toString());
}

Result<JsonObject> readObject(const QString& path)
{
    if (path.trimmed().isEmpty()) {
        return JsonObject{};
    }
    const auto refused = [&path](const QString& why) {
        return fail(ErrorCode::InvalidInput, fromQt(path + u": "_s + why), fromQt(path));
    };
    QFile file(path.trimmed());
    if (!file.open(QIODevice::ReadOnly)) {
        return refused(file.errorString());
    }
    if (file.size() > kFileBytesMax) {
        return refused(ExportDetails::tr("it has more than 1 MiB"));
    }
    const auto json = parseWrittenJson(file.readAll().toStdString());
    if (!json) {
        return refused(toQt(json.error().message));
    }
    const auto* object = json->if_object();
    return object != nullptr ? Result<JsonObject>(*object)
                             : refused(ExportDetails::tr("it is no JSON object"));
}

} // namespace

ExportDetails::ExportDetails(QWidget* parent)
    : QWidget(parent)
    , m_unredacted(new QCheckBox(tr("Leave personal data and secrets in it"), this))
    , m_pages(new QStackedWidget(this))
{
    auto* form = formOn(this);
    m_authority = lineIn(*form, tr("By what right"), u"authority"_s);
    m_authority->setPlaceholderText(tr("an order of a court, a contract, a request"));
    m_recipient = lineIn(*form, tr("To whom"), u"recipient"_s);
    m_recipient->setPlaceholderText(tr("a person or an office, and where"));
    m_case = lineIn(*form, tr("Case"), u"case"_s);
    m_unredacted->setObjectName(u"unredacted"_s);
    m_unredacted->setToolTip(tr("Needs a key that may read the audit log."));
    form->addRow(m_unredacted);
    m_pages->addWidget(new QWidget(m_pages));
    m_pages->addWidget(periodPage());
    m_pages->addWidget(draftPage());
    m_pages->addWidget(productionPage());
    form->addRow(m_pages);
    setFormat({});
}

void ExportDetails::setFormat(const QString& format)
{
    m_format = format;
    m_pages->setCurrentIndex(format == u"soc2"_s                  ? 1
                                 : format == u"ai_act_art73"_s    ? 2
                                 : format == u"legal_discovery"_s ? 3
                                                                  : 0);
    m_pages->setVisible(m_pages->currentIndex() != 0);
}

QWidget* ExportDetails::periodPage()
{
    auto* page = new QWidget(m_pages);
    auto* form = formOn(page);
    m_hasPeriod = new QCheckBox(tr("Another period than the one stated"), page);
    m_hasPeriod->setObjectName(u"period"_s);
    m_to = new QDateEdit(QDateTime::currentDateTimeUtc().date(), page);
    m_from = new QDateEdit(m_to->date().addMonths(-3), page);
    form->addRow(m_hasPeriod);
    form->addRow(tr("From"), m_from);
    form->addRow(tr("To, included"), m_to);
    for (auto* day : {m_from, m_to}) {
        day->setDisplayFormat(u"yyyy-MM-dd"_s);
        day->setCalendarPopup(true);
        day->setEnabled(false);
        connect(m_hasPeriod, &QCheckBox::toggled, day, &QWidget::setEnabled);
    }
    return page;
}

QWidget* ExportDetails::draftPage()
{
    auto* page = new QWidget(m_pages);
    auto* form = formOn(page);
    const auto choices = [page, form](const QString& label,
                                      const QString& name,
                                      const QList<QPair<QString, QString>>& items) {
        auto* box = new QComboBox(page);
        box->setObjectName(name);
        for (const auto& [text, value] : items) {
            box->addItem(text, value);
        }
        form->addRow(label, box);
        return box;
    };
    m_stage = choices(tr("Report"),
                      u"report_type"_s,
                      {{tr("Initial"), u"initial"_s},
                       {tr("Follow-up"), u"follow-up"_s},
                       {tr("Final"), u"final"_s}});
    m_isAware = new QCheckBox(tr("Aware since (UTC)"), page);
    m_isAware->setObjectName(u"aware"_s);
    m_awareAt = new QDateTimeEdit(QDateTime::currentDateTimeUtc(), page);
    m_awareAt->setObjectName(u"aware_at"_s);
    m_awareAt->setTimeSpec(Qt::UTC);
    m_awareAt->setDisplayFormat(u"yyyy-MM-dd HH:mm"_s);
    m_awareAt->setCalendarPopup(true);
    m_awareAt->setEnabled(false);
    connect(m_isAware, &QCheckBox::toggled, m_awareAt, &QWidget::setEnabled);
    form->addRow(m_isAware, m_awareAt);
    m_circumstance = choices(
        tr("Circumstance"),
        u"circumstance"_s,
        {{tr("Not known yet"), {}},
         {tr("Widespread, or critical infrastructure: 2 days"), u"critical_infrastructure"_s},
         {tr("Death of a person: 10 days"), u"death"_s},
         {tr("Any other: 15 days"), u"general"_s}});
    m_limb = choices(tr("Limb of Article 3(49)"),
                     u"limb"_s,
                     {{tr("Not known yet"), {}},
                      {u"a"_s, u"a"_s},
                      {u"b"_s, u"b"_s},
                      {u"c"_s, u"c"_s},
                      {u"d"_s, u"d"_s}});
    m_fields = addFile(*form, tr("Other fields"), tr("JSON: texts by the id of their field"));
    m_fields->setObjectName(u"fields"_s);
    return page;
}

QWidget* ExportDetails::productionPage()
{
    auto* page = new QWidget(m_pages);
    auto* form = formOn(page);
    const QPair<const char*, QString> lines[] = {{"prefix", tr("Bates prefix")},
                                                 {"volume", tr("Volume")},
                                                 {"custodian", tr("Custodian")},
                                                 {"confidentiality", tr("Marking of the pages")}};
    for (const auto& [member, label] : lines) {
        const auto name = QString::fromLatin1(member);
        m_production.append({name, lineIn(*form, label, name)});
    }
    m_production[0].second->setPlaceholderText(u"EXH"_s);
    m_production[1].second->setPlaceholderText(u"VOL001"_s);
    m_production[2].second->setPlaceholderText(tr("the tenant"));
    m_production[3].second->setPlaceholderText(u"CONFIDENTIAL"_s);
    m_encoding = new QComboBox(page);
    m_encoding->setObjectName(u"encoding"_s);
    m_encoding->addItem(u"UTF-8"_s, QString());
    m_encoding->addItem(u"Windows-1252"_s, u"windows-1252"_s);
    form->addRow(tr("Load file"), m_encoding);
    m_kept = addFile(*form,
                     tr("Stays out"),
                     tr("JSON: steps \"withheld\" and \"passages\", each with its ground"));
    m_kept->setObjectName(u"kept"_s);
    return page;
}

QLineEdit* ExportDetails::addFile(QFormLayout& form, const QString& label, const QString& what)
{
    auto* row = new QWidget(form.parentWidget());
    auto* layout = new QHBoxLayout(row);
    layout->setContentsMargins(0, 0, 0, 0);
    auto* line = new QLineEdit(row);
    line->setPlaceholderText(what);
    line->setAccessibleName(label);
    line->setAccessibleDescription(what);
    auto* browse = new QToolButton(row);
    browse->setText(tr("File…"));
    connect(browse, &QToolButton::clicked, this, [this, line, label] {
        const QString path = QFileDialog::getOpenFileName(this, label, {}, tr("JSON (*.json)"));
        if (!path.isEmpty()) {
            line->setText(path);
        }
    });
    layout->addWidget(line, 1);
    layout->addWidget(browse);
    form.addRow(label, row);
    return line;
}

Result<JsonObject> ExportDetails::draft() const
{
    EXHIBIT_TRY(auto fields, readObject(m_fields->text()));
    addChoice(fields, "limb", *m_limb);
    JsonObject draft;
    addChoice(draft, "report_type", *m_stage);
    addChoice(draft, "circumstance", *m_circumstance);
    if (m_isAware->isChecked()) {
        addText(draft, "awareness_at", m_awareAt->dateTime().toUTC().toString(Qt::ISODate));
    }
    if (!fields.empty()) {
        draft.emplace("fields", std::move(fields));
    }
    return draft;
}

Result<JsonObject> ExportDetails::production() const
{
    EXHIBIT_TRY(auto production, readObject(m_kept->text()));
    for (const auto& [member, line] : m_production) {
        addText(production, fromQt(member), line->text());
    }
    addChoice(production, "encoding", *m_encoding);
    return production;
}

Result<JsonObject> ExportDetails::request() const
{
    JsonObject request;
    addText(request, "authority", m_authority->text());
    addText(request, "recipient", m_recipient->text());
    addText(request, "case", m_case->text());
    if (m_unredacted->isChecked()) {
        request.emplace("redact", false);
    }
    if (m_format == u"soc2"_s && m_hasPeriod->isChecked()) {
        addText(request, "period_start", m_from->date().toString(Qt::ISODate));
        addText(request, "period_end", m_to->date().toString(Qt::ISODate));
    } else if (m_format == u"ai_act_art73"_s) {
        EXHIBIT_TRY(auto entered, draft());
        request.emplace("art73", std::move(entered));
    } else if (m_format == u"legal_discovery"_s) {
        EXHIBIT_TRY(auto entered, production());
        if (!entered.empty()) {
            request.emplace("production", std::move(entered));
        }
    }
    return request;
}

} // namespace exhibit::ui
