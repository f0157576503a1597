// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/result.h"
#include "models/base/secret.h"

#include <map>
#include <string>
#include <string_view>

namespace exhibit::storage {

/// What libpq takes apart: postgresql:// URLs and "keyword=value" texts. By keyword.
using ConnectionSettings = std::map<std::string, std::string>;

/// InvalidInput when it is neither; the message never repeats the text, which may hold a password.
[[nodiscard]] Result<ConnectionSettings> parseConnectionUrl(const Secret& url);
/// The "keyword=value" text of the settings, escaped.
[[nodiscard]] Secret printConnectionSettings(const ConnectionSettings& settings);
/// The same server and database for another login.
[[nodiscard]] Result<Secret> withLogin(const Secret& url,
                                       std::string_view user,
                                       const Secret& password);

} // namespace exhibit::storage
