// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/domain/snapshot.h"
#include "models/replay/outcome.h"
#include "server/storage/recorded_calls.h"

#include <memory>

namespace exhibit::api {

/// A call that is to be judged anew and sent once more.
struct ReplayOrder {
    TenantId tenant;
    KeyId key; ///< Of whoever asked.
    RequestId request;
    std::shared_ptr<const storage::RecordedCall> call;
    std::shared_ptr<const domain::PolicySnapshot> recorded; ///< Its own.
    std::optional<domain::PriceTable> prices; ///< That the call was charged by.
    std::shared_ptr<const domain::PolicySnapshot> judgedBy; ///< What the new answer is judged by.
};

/// `subject` of errors that are the provider's doing, and of those that say "not so many at once".
inline constexpr std::string_view kProviderFault = "provider";
inline constexpr std::string_view kReplaysBusy = "replays";

/// Whoever can reach the providers.
class Replays {
public:
    virtual ~Replays() = default;
    /// Waits for the provider. Not a thread of the io context's. Unavailable: not now, with a
    /// subject from above; a call that cannot be repeated at all is no error, the outcome says why.
    [[nodiscard]] virtual Result<replay::Outcome> replay(const ReplayOrder& order) = 0;
};

} // namespace exhibit::api
