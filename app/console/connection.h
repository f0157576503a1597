// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/console/backend_source.h"
#include "backend-client/live_events.h"
#include "ui/windows/source_hub.h"

#include <QObject>

namespace exhibit::console {

/// The connection of the console to one server: checks it, then keeps the live view open and the
/// hub told. Shared by all windows.
class Connection : public QObject {
    Q_OBJECT

public:
    Connection(ui::SourceHub& hub, QObject* parent);
    ~Connection() override;

    /// Replaces what is connected. Ends in connected() or failed(), never inside the call.
    void open(const QString& address, const Secret& key);
    void close();
    [[nodiscard]] QString address() const { return m_address; }
    /// Where somebody knows more of a server that is away than when it is tried again: that goes on
    /// in a sentence. Empty: nobody does.
    void setExcuse(const QString& text);
    /// Does not wait for the next attempt.
    void retryNow();

Q_SIGNALS:
    void connected();
    void failed(const QString& why);

private:
    void check();
    void accept();

    ui::SourceHub& m_hub;
    std::shared_ptr<BackendSource> m_source;
    std::unique_ptr<client::LiveEvents> m_live;
    QString m_address;
    QString m_excuse;
    domain::Question m_check;
};

} // namespace exhibit::console
