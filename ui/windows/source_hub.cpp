// SPDX-License-Identifier: Apache-2.0
#include "ui/windows/source_hub.h"

namespace exhibit::ui {

domain::RunExplainer* SourceHub::explainer() const
{
    return dynamic_cast<domain::RunExplainer*>(m_source.get());
}

void SourceHub::setSource(std::shared_ptr<domain::IncidentSource> source,
                          const QString& name,
                          const QString& baseUrl)
{
    const auto old = std::exchange(m_source, std::move(source)); // Lives until all have let go.
    m_name = name;
    m_baseUrl = baseUrl;
    m_isListening = false;
    Q_EMIT sourceChanged();
}

void SourceHub::setListening(bool listening)
{
    const bool began = listening && !m_isListening;
    m_isListening = listening;
    if (began) {
        Q_EMIT listeningBegan();
    }
}

void SourceHub::setState(ConnectionState state, const QString& detail, const QString& cause)
{
    const bool back
        = (m_state == ConnectionState::Reconnecting || m_state == ConnectionState::Refused)
        && state == ConnectionState::Connected;
    m_state = state;
    m_detail = detail;
    m_cause = cause;
    Q_EMIT stateChanged();
    if (back) {
        Q_EMIT reconnected();
    }
}

} // namespace exhibit::ui
