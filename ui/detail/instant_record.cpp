// SPDX-License-Identifier: Apache-2.0
#include "ui/detail/instant_record.h"

#include "ui/detail/explain_section.h"
#include "ui/text.h"

#include <utility>

namespace exhibit::ui {
namespace {

constexpr int kDelayMs = 80;

} // namespace

InstantRecord::InstantRecord(const Services& services, ExplainSection& section, QObject* parent)
    : QObject(parent)
    , m_services(services)
    , m_section(section)
{
    m_delay.setSingleShot(true);
    m_delay.setInterval(kDelayMs);
    connect(&m_delay, &QTimer::timeout, this, &InstantRecord::read);
    connect(services.sources, &SourceHub::sourceChanged, this, &InstantRecord::stop);
}

void InstantRecord::follow(const RunId& run, UtcTime at)
{
    if (m_record && m_at == at && m_run == run.text()) {
        return show(); // The section was only written anew.
    }
    m_record.reset();
    m_question.reset();
    m_run = run.text();
    m_at = at;
    m_delay.start();
}

void InstantRecord::stop()
{
    m_delay.stop();
    m_question.reset();
    m_record.reset();
}

void InstantRecord::read()
{
    auto* explainer = m_services.sources->explainer();
    if (explainer == nullptr) {
        return;
    }
    m_question = explainer->explain(
        m_run, m_at, [this](domain::SourceResult<domain::RunExplanation> reply) {
            const auto done = std::exchange(m_question, nullptr);
            if (!reply) {
                return m_section.addFailure(toQt(reply.error().error.message));
            }
            m_record = *std::move(reply);
            show();
        });
}

void InstantRecord::show()
{
    const auto& selection = *m_services.selection;
    const auto timeline = selection.timeline();
    const auto event = selection.event();
    if (timeline && event) {
        m_section.addRecord(*m_record,
                            selection.instant() ? nullptr : &timeline->events.at(*event));
    }
}

} // namespace exhibit::ui
