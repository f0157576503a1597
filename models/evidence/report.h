// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/enum_names.h"
#include "models/base/json.h"

#include <cstdint>
#include <map>
#include <optional>
#include <set>
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

/// Parts of a pack that failed checks blame: all of them, for the list of checks is cut.
struct Blame {
    std::set<std::string> files; ///< As the failed checks name them.
    std::set<std::uint64_t> entries; ///< Whose bytes are not the recorded ones, or unproven.
};

/// A log that took over from another, as its first entry says.
struct LaterLog {
    std::string origin;
    std::string previous; ///< The origin of the log before; empty: not shown.
    std::string cause; ///< "damage", "signer_lost"; empty: not shown.
    std::string openedAt; ///< As that entry claims.
    std::optional<std::uint64_t> signedSize; ///< Of the last good head of the log before.
    std::optional<std::uint64_t> previousSize; ///< Entries that it ended with, where that is told.
    bool pinned = false; ///< Under a head signed by a key from outside.
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
    /// Logs that took over, where the file is of a log that another follows or precedes.
    std::vector<LaterLog> laterLogs;

    void passed(std::string id, std::string subject, std::string detail);
    /// At most 100 of one id are kept; the rest is counted in the last one. `file` is the one in
    /// the pack that is to blame when the subject does not name it.
    void failed(std::string id,
                std::string subject,
                std::string detail,
                const std::string& file = {});
    void notChecked(std::string id, std::string subject, std::string why);
    [[nodiscard]] bool hasFailure(std::string_view id) const;
    [[nodiscard]] bool hasFailure() const;
    [[nodiscard]] const Blame& blame() const { return m_blame; }

private:
    /// Of one id.
    struct Failures {
        std::size_t count = 0;
        std::string lastDetail; ///< Of the last one that is kept, before what is counted in it.
    };
    void noteBlame(const std::string& id, const std::string& subject, const std::string& file);

    std::map<std::string, Failures, std::less<>> m_failures;
    Blame m_blame;
};

[[nodiscard]] Answer answerOf(std::string_view checkId);
/// One sentence of the end of the log that the report is about; empty when no later log shows one.
[[nodiscard]] std::string endOfLog(const VerificationReport& report);
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
