// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/uuid.h"

#include <compare>
#include <functional>

namespace exhibit {

/// An identifier that cannot be passed where another kind is expected. The text form
/// ("run_" + base32 of the UUID) exists only at the edges: text() and parse().
template <class Tag>
struct StrongId {
    Uuid value{};

    friend auto operator<=>(const StrongId&, const StrongId&) = default;

    /// A new time-ordered id (UUIDv7, RFC 9562).
    [[nodiscard]] static StrongId generate() { return {Uuid::v7()}; }
    [[nodiscard]] static Result<StrongId> parse(std::string_view text)
    {
        EXHIBIT_TRY(Uuid uuid, parsePrefixed(Tag::kPrefix, text));
        return StrongId{uuid};
    }
    [[nodiscard]] std::string text() const { return std::string(Tag::kPrefix) + value.base32(); }
    [[nodiscard]] bool isNull() const noexcept { return value == Uuid{}; }
};

struct TenantIdTag {
    static constexpr std::string_view kPrefix = "ten_";
};
struct ProjectIdTag {
    static constexpr std::string_view kPrefix = "prj_";
};
struct RunIdTag {
    static constexpr std::string_view kPrefix = "run_";
};
struct CallIdTag {
    static constexpr std::string_view kPrefix = "call_";
};
struct IncidentIdTag {
    static constexpr std::string_view kPrefix = "inc_";
};
struct DecisionIdTag {
    static constexpr std::string_view kPrefix = "dec_";
};
struct TraceIdTag {
    static constexpr std::string_view kPrefix = "trc_";
};
struct KeyIdTag {
    static constexpr std::string_view kPrefix = "key_";
};
struct UpstreamIdTag {
    static constexpr std::string_view kPrefix = "ups_";
};
struct ReplicaIdTag {
    static constexpr std::string_view kPrefix = "rep_";
};
struct RequestIdTag {
    static constexpr std::string_view kPrefix = "req_";
};

using TenantId = StrongId<TenantIdTag>;
using ProjectId = StrongId<ProjectIdTag>;
using RunId = StrongId<RunIdTag>;
using CallId = StrongId<CallIdTag>;
using IncidentId = StrongId<IncidentIdTag>;
using DecisionId = StrongId<DecisionIdTag>;
using TraceId = StrongId<TraceIdTag>;
using KeyId = StrongId<KeyIdTag>;
using UpstreamId = StrongId<UpstreamIdTag>;
using ReplicaId = StrongId<ReplicaIdTag>;
using RequestId = StrongId<RequestIdTag>;

} // namespace exhibit

template <class Tag>
struct std::hash<exhibit::StrongId<Tag>> {
    std::size_t operator()(const exhibit::StrongId<Tag>& id) const noexcept
    {
        return std::hash<exhibit::Uuid>{}(id.value);
    }
};
