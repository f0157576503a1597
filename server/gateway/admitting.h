// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/gateway/admission.h"

#include <initializer_list>
#include <optional>

namespace exhibit::gateway {

/// The steps of one request's admission, in order; the first refusal ends them. What has to be
/// waited for stands between them (admit()). Io thread only.
class Admitting {
public:
    /// The request outlives this.
    Admitting(const AdmissionParts& parts, const http::Request& request, const Surface& surface);

    /// The steps before the run is known.
    void begin();
    /// What has to be looked up before the run can be bound; nullopt for nothing.
    [[nodiscard]] std::optional<RunId> runToLookUp() const;
    void lookedUp(const Result<void>& outcome);
    /// The steps that quotas need to know about.
    void route();
    /// What must be reserved before the call; nullopt for nothing.
    [[nodiscard]] std::optional<QuotaCall> quotaCall();
    /// The stop of a run that is over its own limits is to be made known before the client hears
    /// of it.
    [[nodiscard]] std::optional<RunOverrun> reserved(QuotaAnswer answer);
    /// The run and its policies, unless the call was refused already.
    void bind();
    /// Reads a slice of the request for them; true while there is more to read.
    [[nodiscard]] bool readSome();
    /// What the policies say.
    [[nodiscard]] Admission finish();

    [[nodiscard]] TenantId tenant() const { return m_principal.tenant; }
    [[nodiscard]] RunId run() const { return m_call->run.runId; }

private:
    using Refusal = std::optional<http::ErrorReply>;

    Refusal inOrder(std::initializer_list<Refusal (Admitting::*)()> steps);
    Refusal identifyCaller();
    Refusal checkSpool();
    Refusal readBody();
    Refusal findUpstream();
    void findKeeper();
    Refusal takeService();
    Refusal bindRun();
    Refusal compile();
    /// Somebody may have stopped the run while a long request was read.
    Refusal checkRun();
    Refusal judge();

    [[nodiscard]] std::optional<domain::LiveRun> knownRun() const;
    /// Other calls of the run may have begun while this one waited for its budgets.
    [[nodiscard]] std::optional<RunOverrun> usedUpMeanwhile() const;
    void refuseByQuota(const QuotaRefusal& refusal);
    /// A refused step is evidence too: it shows that nothing reached the provider.
    Refusal refuseStopped(const std::string& snapshotId);
    /// The call's first record; from here on every end is recorded.
    void open();
    void recordInput(prevention::StageOutcome outcome);
    void stopHere(prevention::StageOutcome outcome);

    const GatewayServices& m_services;
    ops::Counter& m_violations;
    const ServiceHealth& m_health;
    const http::Request& m_request;
    const Surface& m_surface;
    security::Principal m_principal;
    prevention::Vouched m_vouched = prevention::Vouched::ByLocalCopy;
    std::shared_ptr<CallState> m_call;
    std::optional<RunId> m_namedRun; ///< Of the run that the client names.
    std::optional<Json> m_route; ///< Where there was a choice.
    Admission m_admission;
};

} // namespace exhibit::gateway
