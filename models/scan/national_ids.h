// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

/// Check digits of identity numbers, each by the rule of its country. Separators are ignored.
namespace exhibit::scan {

[[nodiscard]] bool acceptsNif(std::string_view text); ///< Spain
[[nodiscard]] bool acceptsCpf(std::string_view text); ///< Brazil
[[nodiscard]] bool acceptsVerhoeff(std::string_view text); ///< India: Aadhaar
[[nodiscard]] bool acceptsPesel(std::string_view text); ///< Poland
[[nodiscard]] bool acceptsTckn(std::string_view text); ///< Turkey
[[nodiscard]] bool acceptsAbn(std::string_view text); ///< Australia, businesses
[[nodiscard]] bool acceptsSteuerId(std::string_view text); ///< Germany, taxes
[[nodiscard]] bool acceptsGermanId(std::string_view text); ///< Germany, identity cards
[[nodiscard]] bool acceptsRrn(std::string_view text); ///< South Korea, residents
[[nodiscard]] bool acceptsBrn(std::string_view text); ///< South Korea, businesses

} // namespace exhibit::scan
