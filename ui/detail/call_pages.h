// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/domain/call_exchange.h"
#include "ui/windows/pane_registry.h"

#include <QObject>

#include <map>

class QTabWidget;

namespace exhibit::ui {

class JsonPage;

/// The call of the selected incident as it stood on the wire: request, response, headers and bytes,
/// each fetched when its page is first looked at. What the source cannot give is shown as the run's
/// steps keep it.
class CallPages : public QObject {
    Q_OBJECT

public:
    CallPages(const Services& services, QTabWidget& tabs, QObject* parent);
    /// The pages, to be put among the tabs; of `tabs`.
    [[nodiscard]] JsonPage& request() { return *m_request; }
    [[nodiscard]] JsonPage& response() { return *m_response; }
    [[nodiscard]] JsonPage& headers() { return *m_headers; }
    [[nodiscard]] JsonPage& bytes() { return *m_bytes; }
    /// Fills the current tab, if it is one of the pages.
    void show();

private:
    using Parts = std::vector<domain::CallPart>;

    void forget();
    void ask();
    void showCall(JsonPage& page);
    void showSteps(JsonPage& page);
    void fetch(JsonPage& page, const Parts& parts);
    void fetchNext(JsonPage& page, Parts parts);
    void fill(JsonPage& page);
    [[nodiscard]] Parts partsOf(const JsonPage& page) const;
    [[nodiscard]] std::int64_t sizeOf(domain::CallPart part) const;
    [[nodiscard]] const Bytes& bytesOf(domain::CallPart part) const;

    Services m_services;
    QTabWidget& m_tabs;
    JsonPage* m_request;
    JsonPage* m_response;
    JsonPage* m_headers;
    JsonPage* m_bytes;
    std::string m_callId; ///< Of what is held below.
    std::optional<domain::CallExchange> m_call;
    std::optional<QString> m_failure;
    std::map<domain::CallPart, Bytes> m_parts;
    domain::Question m_question;
    domain::Question m_partQuestion;
};

} // namespace exhibit::ui
