// SPDX-License-Identifier: Apache-2.0
#include "app/ctl/failure_report.h"
#include "app/ctl/json_difference.h"
#include "app/ctl/policy_actions.h"
#include "app/ctl/policy_file.h"
#include "app/ctl/text_layout.h"

#include <filesystem>
#include <map>

namespace exhibit::ctl {
namespace {

constexpr std::string_view kVersion = "version";

/// Documents by their policy's id.
using Documents = std::map<std::string, Json>;
using Side = tl::expected<Documents, int>; ///< Or the exit code of what was reported.

Documents byId(const Json& document)
{
    Documents documents;
    const Json* list = findMember(document, "policies");
    const auto array
        = list != nullptr && list->is_array() ? list->get_array() : JsonArray{document};
    for (const auto& policy : array) {
        documents.emplace(std::string(stringMember(policy, "policy_id")), policy);
    }
    return documents;
}

Side readSnapshot(Session& session, const std::string& id)
{
    const auto reply = session.wait(session.client().snapshot(id));
    if (!reply) {
        return tl::make_unexpected(report(reply.error(), session.json()));
    }
    const Json* snapshot = findMember(*reply, "snapshot");
    return byId(snapshot == nullptr ? *reply : *snapshot);
}

Side readPolicy(Session& session, const std::string& name)
{
    const auto at = name.find('@');
    const auto reply = session.wait(
        at == std::string::npos ? session.client().policy(name)
                                : session.client().policy(name.substr(0, at), name.substr(at + 1)));
    if (!reply) {
        return tl::make_unexpected(report(reply.error(), session.json()));
    }
    return byId(reply->policy);
}

/// With its defaults, as the server keeps it, but for a version that it does not state: that is the
/// server's to give. What is no policy stays as it is.
Json asStored(Json document)
{
    const auto policy = domain::policyFromJson(document);
    if (!policy) {
        return document;
    }
    auto stored = domain::policyToJson(*policy);
    if (findMember(document, kVersion) == nullptr) {
        stored.get_object().erase(kVersion);
    }
    return stored;
}

Side readSide(Session& session, const std::string& name)
{
    std::error_code none;
    if (name == "-" || std::filesystem::exists(name, none)) {
        const auto file = openPolicyFile(name);
        if (!file) {
            return tl::make_unexpected(report(file.error(), session.json()));
        }
        auto documents = byId(file->document);
        for (auto& [id, document] : documents) {
            document = asStored(std::move(document));
        }
        return documents;
    }
    return name.starts_with("SNAP-") ? readSnapshot(session, name) : readPolicy(session, name);
}

std::vector<JsonDifference> compare(const Documents& before, const Documents& after)
{
    std::vector<JsonDifference> found;
    const auto add = [&found](const std::string& id, const Json* a, const Json* b) {
        if (a == nullptr || b == nullptr) {
            found.push_back({id,
                             a == nullptr ? std::nullopt : std::optional(*a),
                             b == nullptr ? std::nullopt : std::optional(*b)});
            return;
        }
        const bool versions
            = findMember(*a, kVersion) != nullptr && findMember(*b, kVersion) != nullptr;
        for (auto& difference : differences(*a, *b)) {
            if (!versions && difference.pointer == "/version") {
                continue;
            }
            found.push_back({id + difference.pointer,
                             std::move(difference.before),
                             std::move(difference.after)});
        }
    };
    for (const auto& [id, document] : before) {
        const auto other = after.find(id);
        add(id, &document, other == after.end() ? nullptr : &other->second);
    }
    for (const auto& [id, document] : after) {
        if (!before.contains(id)) {
            add(id, nullptr, &document);
        }
    }
    return found;
}

void printText(const Output& out, const std::vector<JsonDifference>& found)
{
    for (const auto& difference : found) {
        out.stream << printable(difference.pointer) << '\n';
        if (difference.before) {
            out.stream << "  - " << printable(printJson(*difference.before)) << '\n';
        }
        if (difference.after) {
            out.stream << "  + " << printable(printJson(*difference.after)) << '\n';
        }
    }
}

void printAsJson(const Session& session, const std::vector<JsonDifference>& found)
{
    JsonArray list;
    for (const auto& difference : found) {
        JsonObject entry{{"at", difference.pointer}};
        if (difference.before) {
            entry.emplace("before", *difference.before);
        }
        if (difference.after) {
            entry.emplace("after", *difference.after);
        }
        list.push_back(std::move(entry));
    }
    session.printJsonLine(JsonObject{{"differences", std::move(list)}});
}

} // namespace

int diffPolicies(Session& session, const std::string& a, const std::string& b)
{
    const auto before = readSide(session, a);
    if (!before) {
        return before.error();
    }
    const auto after = readSide(session, b);
    if (!after) {
        return after.error();
    }
    const auto found = compare(*before, *after);
    if (session.json()) {
        printAsJson(session, found);
    } else {
        printText(session.out(), found);
    }
    return found.empty() ? kDone : kNo;
}

} // namespace exhibit::ctl
