// SPDX-License-Identifier: Apache-2.0
#include "models/evidence/certificate_claims.h"

#include "models/evidence/certificate_document.h"
#include "models/evidence/checkpoint.h"

#include <algorithm>

namespace exhibit::evidence {
namespace {

constexpr std::string_view kSigner = "signed_by";
constexpr std::string_view kSequence = "seq";
constexpr std::string_view kSize = "tree_size_at_issue";

std::optional<std::uint64_t> numberIn(const Json& json, std::string_view name)
{
    const Json* member = findMember(json, name);
    const bool number = member != nullptr && member->is_int64() && member->get_int64() >= 0;
    return number ? std::optional(static_cast<std::uint64_t>(member->get_int64())) : std::nullopt;
}

/// Whether the subject is an entry of that log at that sequence number or behind it.
bool liesBehind(const StatementSubject& subject, std::string_view log, std::uint64_t sequence)
{
    const std::string prefix = std::string(log) + "#";
    if (!subject.name.starts_with(prefix)) {
        return false;
    }
    const auto at = parseTreeNumber(std::string_view(subject.name).substr(prefix.size()));
    return !at || *at >= sequence;
}

} // namespace

const FieldCommitment* issueClaim(const Entry& entry)
{
    const auto found
        = std::find_if(entry.fields.begin(), entry.fields.end(), [](const auto& field) {
              return field.path == kCertificateClaim;
          });
    const bool claims = entry.type == kCertificateEntry && found != entry.fields.end();
    return claims ? &*found : nullptr;
}

std::vector<WrongClaim> wrongClaims(const Statement& statement,
                                    std::string_view signer,
                                    const IssuePlace& issue)
{
    const Json& predicate = statement.predicate;
    const auto says
        = [&predicate](std::string_view name) { return findMember(predicate, name) != nullptr; };
    if (!says(kSigner) && !says(kSize) && !says(kContentClaims[0].member)) {
        return {};
    }
    std::vector<WrongClaim> wrong;
    if (stringMember(predicate, kSigner) != signer) {
        wrong.push_back({std::string(kSigner), "it names another key than the one that signed"});
    }
    const auto sequence = numberIn(predicate, kSequence);
    const auto about = stringMember(predicate, "log_origin");
    if (!sequence || findSubject(statement, entryName(about, *sequence)) == nullptr) {
        wrong.push_back({std::string(kSequence), "it is about another entry than it names"});
    }
    const auto size = numberIn(predicate, kSize);
    const bool behind = !size || issue.sequence < *size
        || std::any_of(statement.subjects.begin(), statement.subjects.end(), [&](const auto& one) {
               return liesBehind(one, issue.log, *size);
           });
    if (behind) {
        wrong.push_back({std::string(kSize),
                         "the entries do not lie in the log as it says: back-dated or moved"});
    }
    return wrong;
}

} // namespace exhibit::evidence
