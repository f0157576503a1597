// SPDX-License-Identifier: Apache-2.0
#include "ui/search/record_finder.h"

#include "ui/search/results_view.h"
#include "ui/text.h"
#include "ui/widgets/message_bar.h"

#include <algorithm>

namespace exhibit::ui {
namespace {

using namespace Qt::StringLiterals;

constexpr std::uint32_t kIncidentsOfARun = 100;

} // namespace

RecordFinder::RecordFinder(SearchController& search, ResultsView& view, MessageBar& bar)
    : QObject(&view)
    , m_search(search)
    , m_view(view)
    , m_bar(bar)
{
    search.services().addPaletteProvider([this](const QString& text) { return entries(text); });
    connect(
        search.services().sources, &SourceHub::sourceChanged, this, [this] { m_question.reset(); });
}

QList<PaletteEntry> RecordFinder::entries(const QString& text)
{
    QList<PaletteEntry> entries;
    if (m_search.services().sources->source() == nullptr) {
        return entries; // Nothing of it could be shown.
    }
    const QString section = tr("Records");
    const auto add = [&](const QString& title, const QString& detail, std::function<void()> run) {
        entries << PaletteEntry{section, title, detail, Icon::Search, {}, std::move(run)};
    };
    const std::string id = fromQt(text);
    if (IncidentId::parse(id)) {
        add(text, tr("The incident of this id"), [this, id] { openIncident(id); });
    } else if (RunId::parse(id)) {
        add(text, tr("The incidents of this run"), [this, text] {
            m_search.show({u"run:"_s + text, m_search.order()});
        });
    } else if (CallId::parse(id)) {
        add(text, tr("What came of this call"), [this, id] { openCall(id); });
    }
    auto& results = m_search.results();
    for (int row = 0; row < std::min(results.rowCount(), PageCache::kPageRows); ++row) {
        if (const auto hit = results.hit(row)) { // Else the header of a group, or not here yet.
            add(toQt(hit->incident.title),
                shortId(toQt(hit->incident.incidentId.text())),
                [this, hit] { show(hit); });
            entries.last().runElsewhere = [this, hit] { m_search.services().openRecord(hit); };
        }
    }
    return entries;
}

void RecordFinder::openIncident(const std::string& id)
{
    if (auto* source = m_search.services().sources->source()) {
        m_question = source->incident(id, [this, id](domain::SourceResult<domain::Incident> reply) {
            const auto done = std::exchange(m_question, nullptr);
            if (!reply) {
                return fail(id, reply.error());
            }
            domain::SearchHit hit;
            hit.incident = *std::move(reply);
            show(std::make_shared<const domain::SearchHit>(std::move(hit)));
        });
    }
}

/// Its incident, else the calls of its run.
void RecordFinder::openCall(const std::string& id)
{
    auto* source = m_search.services().sources->source();
    if (source == nullptr) {
        return;
    }
    const auto found = [this, id](const std::string& run,
                                  const domain::SourceResult<domain::SearchReply>& reply) {
        const auto done = std::exchange(m_question, nullptr);
        if (!reply) {
            return fail(id, reply.error());
        }
        const auto hit = std::ranges::find(
            reply->incidents, id, [](const auto& one) { return one.incident.callId.text(); });
        if (hit != reply->incidents.end()) {
            return show(std::make_shared<const domain::SearchHit>(*hit));
        }
        m_search.show({u"run:"_s + toQt(run), m_search.order()});
        m_search.services().actions->trigger(u"search.calls");
    };
    m_question = source->call(
        id, [this, id, source, found](const domain::SourceResult<domain::CallExchange>& call) {
            const auto done = std::exchange(m_question, nullptr);
            if (!call) {
                return fail(id, call.error());
            }
            domain::SearchRequest request;
            request.query = "run:" + call->runId.text();
            request.limit = kIncidentsOfARun;
            m_question = source->search(
                request,
                [found, run = call->runId.text()](
                    const domain::SourceResult<domain::SearchReply>& reply) { found(run, reply); });
        });
}

void RecordFinder::show(std::shared_ptr<const domain::SearchHit> hit)
{
    m_bar.clear();
    const int row = m_search.results().rowOf(hit->incident.incidentId);
    if (row >= 0) {
        m_view.selectRow(row);
        m_view.scrollTo(m_view.currentIndex());
    } else {
        m_view.clearSelection(); // The record is none of the rows.
    }
    m_search.services().selection->chooseIncident(std::move(hit));
    if (const auto& showPanes = m_search.services().showPanes) {
        showPanes();
    }
}

void RecordFinder::fail(const std::string& id, const domain::SourceFailure& failure)
{
    if (const auto& showPanes = m_search.services().showPanes) {
        showPanes();
    }
    m_bar.showMessage(MessageBar::Kind::Error,
                      tr("%1 could not be opened.").arg(isolated(toQt(id))),
                      toQt(failure.error.message));
    m_bar.addAction(tr("Close"), [this] { m_bar.clear(); });
}

} // namespace exhibit::ui
