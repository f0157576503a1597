// SPDX-License-Identifier: Apache-2.0
#include "server/http/bearer.h"

#include "models/base/trim.h"

namespace exhibit::http {
std::string_view bearerOf(const Headers& headers)
{
    constexpr std::string_view kScheme = "bearer ";
    const auto text = trimmed(headers.find("Authorization").value_or(""));
    return text.size() > kScheme.size()
            && equalsIgnoringCase(text.substr(0, kScheme.size()), kScheme)
        ? trimmed(text.substr(kScheme.size()))
        : std::string_view{};
}

} // namespace exhibit::http
