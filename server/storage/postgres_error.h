// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/error.h"

struct pg_conn;
struct pg_result;

/// What PostgreSQL reports, as errors of ours. Only the primary message is used, and not even that
/// where it would quote a value: DETAIL and CONTEXT show rows.
namespace exhibit::storage {

/// The subject of an error of Connection::open when the user or password is wrong.
inline constexpr const char* kLoginRefused = "28P01";

[[nodiscard]] Error errorOf(const pg_result* result);
/// The connection could not be made or is gone.
[[nodiscard]] Error errorOf(const pg_conn* connection);

} // namespace exhibit::storage
