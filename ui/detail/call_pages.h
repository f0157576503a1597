// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/domain/call_exchange.h"
#include "ui/windows/pane_registry.h"

#include <QObject>

#include <map>

class QTabWidget;

namespace exhibit::ui {

class JsonPage;

/// A call as it stood on the wire: request, response, headers and bytes, each fetched when its page
/// is first looked at.
class CallPages : public QObject {
    Q_OBJECT

public:
    CallPages(SourceHub& sources, QTabWidget& tabs, QObject* parent);
    /// Of which call from now on.
    void follow(const std::string& callId);
    /// The pages, to be put among the tabs; of `tabs`.
    [[nodiscard]] JsonPage& request() { return *m_request; }
    [[nodiscard]] JsonPage& response() { return *m_response; }
    [[nodiscard]] JsonPage& headers() { return *m_headers; }
    [[nodiscard]] JsonPage& bytes() { return *m_bytes; }
    /// Fills the current tab, if it is one of the pages.
    void show();

protected:
    /// Why the call is not asked for yet; empty: it is.
    [[nodiscard]] virtual QString waitsFor() const { return {}; }
    /// What else is known to put on a page where the call cannot be read (`failure` says why), or
    /// where its answer came in events; false: nothing.
    virtual bool showOtherwise(JsonPage& page, const QString& failure);
    [[nodiscard]] const std::optional<domain::CallExchange>& call() const { return m_call; }
    void forget();
    /// Asks again for a call that could not be read.
    void tryAgain();

private:
    using Parts = std::vector<domain::CallPart>;

    void ask();
    void showCall(JsonPage& page);
    void fetch(JsonPage& page, const Parts& parts);
    void fetchNext(JsonPage& page, Parts parts);
    void fill(JsonPage& page);
    [[nodiscard]] Parts partsOf(const JsonPage& page) const;
    [[nodiscard]] std::int64_t sizeOf(domain::CallPart part) const;
    [[nodiscard]] const Bytes& bytesOf(domain::CallPart part) const;

    SourceHub& m_sources;
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
