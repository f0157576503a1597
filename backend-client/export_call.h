// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "backend-client/export_job.h"
#include "backend-client/transport.h"

#include <QObject>
#include <QPromise>

namespace exhibit::client {

/// Told how far an export is that the server makes as a job: the job, then, with the phase
/// "fetching", bytes of its file. The thread of the client.
using ExportTold = std::function<void(const ExportJob& job)>;

/// An export from its order to its last byte: followed while it is a job, fetched piece by piece (a
/// piece that broke is asked for again), compared with its digest, and deleted on the server. A
/// cancelled future cancels the job. Thread of the transport.
class ExportCall : public QObject {
public:
    /// `transport` outlives the future or, destroyed, cancels it.
    [[nodiscard]] static QFuture<Reply<Bytes>> start(Transport& transport,
                                                     std::string path,
                                                     const Bytes& body,
                                                     ExportTold told);

private:
    using Next = void (ExportCall::*)(const Reply<HttpReply>&);

    ExportCall(Transport& transport, ExportTold told);
    void ask(std::string_view method,
             const std::string& path,
             const Bytes& body,
             const Transport::Fields& fields,
             Next next);
    void ordered(const Reply<HttpReply>& reply);
    void follow();
    void look();
    void looked(const Reply<HttpReply>& reply);
    void fetch();
    void fetched(const Reply<HttpReply>& reply);
    [[nodiscard]] bool takePiece(const HttpReply& reply);
    void complete();
    void drop();
    void dropped(const Reply<HttpReply>& reply);
    void again(void (ExportCall::*step)(), const Failure& failure);
    void finish(Reply<Bytes> result);

    Transport& m_transport;
    ExportTold m_told;
    QPromise<Reply<Bytes>> m_promise;
    ExportJob m_job;
    Bytes m_bytes;
    std::optional<Reply<Bytes>> m_result; ///< What is said once the job is gone.
    int m_failures = 0; ///< One after the other.
};

} // namespace exhibit::client
