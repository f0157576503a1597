// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/evidence/report.h"
#include "models/evidence/zip_format.h"

#include <algorithm>
#include <optional>

namespace exhibit::evidence::testing {

inline constexpr std::string_view kCentralByUs = "PK\x01\x02\x14\x03";
inline constexpr std::string_view kCentralByAnother = "PK\x01\x02\x1e\x03";

/// As another program would have packed the same files; a pack among them stays as it is.
inline Bytes packedAgain(Bytes archive)
{
    constexpr std::size_t kOffset = 16; // Where the end has that of the central directory.
    const auto end = BytesView(archive).substr(archive.size() - zip::kEndBytes);
    for (auto at = archive.find(kCentralByUs, zip::Fields(end.substr(kOffset)).u32());
         at != archive.npos;
         at = archive.find(kCentralByUs, at)) {
        archive.replace(at, kCentralByUs.size(), kCentralByAnother);
    }
    return archive;
}

/// The same with the last header as ours.
inline Bytes packedByTwo(const Bytes& archive)
{
    Bytes mixed = packedAgain(archive);
    return mixed.replace(mixed.rfind(kCentralByAnother), kCentralByUs.size(), kCentralByUs);
}

/// What is said of the headers alone; nullopt: nothing.
inline std::optional<CheckResult> headersOf(const VerificationReport& report)
{
    const auto found
        = std::find_if(report.checks.begin(), report.checks.end(), [](const Check& check) {
              return check.id == "container" && check.subject == "headers";
          });
    return found == report.checks.end() ? std::nullopt : std::optional(found->result);
}

} // namespace exhibit::evidence::testing
