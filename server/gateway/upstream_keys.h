// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/result.h"

#include <map>
#include <string>
#include <string_view>

namespace exhibit::gateway {

/// Which variables of the server's environment may go to which providers, as the operator says:
/// whoever may write upstreams chooses among these and cannot have a key sent elsewhere. Without a
/// word of the operator's the well-known variables go to the providers they are named after.
class UpstreamKeys {
public:
    UpstreamKeys();
    /// "MY_KEY=https://llm.example:8443, OTHER_KEY=*", over the well-known ones: a variable that is
    /// named goes where the list says and nowhere else; * is anywhere. InvalidInput names the
    /// entry.
    [[nodiscard]] static Result<UpstreamKeys> parse(std::string_view list);

    /// By scheme, host and port; a base URL that cannot be read gets nothing.
    [[nodiscard]] bool mayGo(std::string_view variable, std::string_view baseUrl) const;

private:
    std::multimap<std::string, std::string, std::less<>> m_origins; ///< By variable; "*": any.
};

} // namespace exhibit::gateway
