// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/ctl/session.h"
#include "models/query/query.h"

namespace exhibit::ctl {

/// Says on standard error why a call has no answer (with json as one line {"error": ...}) and
/// gives the program's exit code.
[[nodiscard]] int report(const client::Failure& failure, bool json);
[[nodiscard]] int report(const Error& error, bool json);
/// The same about a file that was sent: names the place in it, where the server means one and not
/// what the file was sent for. `wrapper` is the pointer to the member that a bare list was sent in,
/// which the file does not have.
[[nodiscard]] int reportFile(client::Failure failure,
                             const std::string& path,
                             bool json,
                             std::string_view wrapper = {});
/// A query that cannot be read: the text with a mark under the place, and what was meant.
[[nodiscard]] int report(const query::QueryError& error, const std::string& text, bool json);
/// The server's opinion of a query, in the same form.
[[nodiscard]] int reportSearch(const client::Failure& failure, const std::string& text, bool json);

[[nodiscard]] ExitCode exitCodeOf(ErrorCode code);

} // namespace exhibit::ctl
