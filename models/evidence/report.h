// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/enum_names.h"
#include "models/base/json.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

/// What a verification found. One tick never stands for several facts, and what was not looked at
/// is never called good.
namespace exhibit::evidence {

enum class CheckResult : std::uint8_t { Passed, Failed, NotChecked };
enum class Verdict : std::uint8_t { Valid, Untrusted, Unauthenticated, Invalid, Unreadable };
/// The five answers of the console; each check belongs to one.
enum class Answer : std::uint8_t { Integrity, Coverage, Signer, Trust, Time };

/// Ids: container bag fields coverage chain inclusion consistency checkpoint pack-signature
/// certificate trust time report.
struct Check {
    std::string id;
    CheckResult result = CheckResult::NotChecked;
    std::string subject; ///< "seq 0..4", a file, a key.
    std::string detail; ///< Why; for NotChecked: why not.
};

struct VerificationReport {
    Verdict verdict = Verdict::Unreadable;
    std::vector<Check> checks;
    std::uint64_t disclosed = 0;
    std::uint64_t withheld = 0;
    std::uint64_t erased = 0;
    std::string origin;
    std::uint64_t treeSize = 0;
    std::string issuer;
    std::string timeClaimed; ///< Of the newest entry; the server's own clock.
    std::optional<std::string> timeProven; ///< By a time stamp that was checked.

    void passed(std::string id, std::string subject, std::string detail);
    /// At most 100 of one id are kept; the rest is counted in the last one.
    void failed(std::string id, std::string subject, std::string detail);
    void notChecked(std::string id, std::string subject, std::string why);
    [[nodiscard]] bool hasFailure(std::string_view id) const;
    [[nodiscard]] bool hasFailure() const;
};

[[nodiscard]] Answer answerOf(std::string_view checkId);
/// The shape of commands.md.
[[nodiscard]] JsonObject reportJson(const std::string& file, const VerificationReport& report);
/// 0 valid, 2 unreadable, else 1.
[[nodiscard]] int exitCodeOf(Verdict verdict);

} // namespace exhibit::evidence

template <>
struct exhibit::EnumNames<exhibit::evidence::CheckResult> {
    using E = exhibit::evidence::CheckResult;
    static constexpr std::string_view kType = "check result";
    static constexpr std::pair<E, std::string_view> kNames[]
        = {{E::Passed, "passed"}, {E::Failed, "failed"}, {E::NotChecked, "not_checked"}};
};
template <>
struct exhibit::EnumNames<exhibit::evidence::Verdict> {
    using E = exhibit::evidence::Verdict;
    static constexpr std::string_view kType = "verdict";
    static constexpr std::pair<E, std::string_view> kNames[]
        = {{E::Valid, "valid"},
           {E::Untrusted, "untrusted"},
           {E::Unauthenticated, "unauthenticated"},
           {E::Invalid, "invalid"},
           {E::Unreadable, "unreadable"}};
};
template <>
struct exhibit::EnumNames<exhibit::evidence::Answer> {
    using E = exhibit::evidence::Answer;
    static constexpr std::string_view kType = "answer";
    static constexpr std::pair<E, std::string_view> kNames[] = {{E::Integrity, "integrity"},
                                                                {E::Coverage, "coverage"},
                                                                {E::Signer, "signer"},
                                                                {E::Trust, "trust"},
                                                                {E::Time, "time"}};
};
