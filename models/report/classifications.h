// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

/// Ids under which others file what went wrong, "owasp-llm-2025:LLM09": the list with its version,
/// since names changed between versions. The lists are data
/// (resources/mappings/classifications.json).
namespace exhibit::report {

/// The id with its list, also of one that an earlier policy names without ("OWASP-LLM09",
/// "AML.T0051"); what no list has stays as it is.
[[nodiscard]] std::string classificationId(std::string_view reference);
/// "LLM09 Misinformation (OWASP Top 10 for LLM Applications 2025)"; what no list has as it is.
[[nodiscard]] std::string classificationInWords(std::string_view reference);

} // namespace exhibit::report
