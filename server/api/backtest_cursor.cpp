// SPDX-License-Identifier: Apache-2.0
#include "server/api/backtest_cursor.h"

#include "models/base/base64.h"

namespace exhibit::api {

// cursor := base64url({"request":…, "at":…, "call_id":…, "stopped":[{"run_id", "policy_id"}…]})
template <class V>
void visitFields(V& visit, Of<V, BacktestCursor>& cursor)
{
    visit("request", cursor.request);
    visit("at", cursor.after.openedAt);
    visit("call_id", cursor.after.callId);
    visit("stopped", cursor.stopped);
}

std::string printCursor(const BacktestCursor& cursor)
{
    return toBase64Url(printJson(toJson(cursor)));
}

Result<BacktestCursor> readBacktestCursor(std::string_view text, std::string_view request)
{
    const auto refuse = [](std::string message) {
        return fail(ErrorCode::InvalidInput, std::move(message), "/cursor");
    };
    const auto bytes = fromBase64Url(text);
    const auto json = bytes ? parseJson(*bytes) : tl::make_unexpected(bytes.error());
    auto cursor = json ? fromJson<BacktestCursor>(*json) : tl::make_unexpected(json.error());
    if (!cursor) {
        return refuse("this is no cursor of a backtest");
    }
    if (cursor->request != request) {
        return refuse("this cursor belongs to another backtest");
    }
    return *std::move(cursor);
}

} // namespace exhibit::api
