// SPDX-License-Identifier: Apache-2.0
// The document and the structs that are read and written say the same.
#include "backend-client/export_job.h"
#include "backend-client/failure.h"
#include "backend-client/replies_json.h"
#include "models/domain/incident_source_json.h"
#include "models/domain/remediation.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <set>

namespace exhibit::client {
namespace {

using Names = std::set<std::string>;

const Json& document()
{
    static const Json json = [] {
        const char* source = std::getenv("EXHIBIT_SOURCE_DIR");
        std::ifstream file(std::string(source == nullptr ? "." : source)
                           + "/resources/openapi.json");
        const std::string text(std::istreambuf_iterator<char>(file), {});
        auto parsed = parseJson(text);
        EXPECT_TRUE(parsed);
        return parsed ? *std::move(parsed) : Json();
    }();
    return json;
}

/// The value a pointer of names leads to; nullptr when there is none.
const Json* find(std::string_view pointer)
{
    const Json* at = &document();
    while (at != nullptr && !pointer.empty()) {
        pointer.remove_prefix(1);
        const auto end = std::min(pointer.find('/'), pointer.size());
        at = findMember(*at, pointer.substr(0, end));
        pointer.remove_prefix(end);
    }
    return at;
}

const Json& schema(const std::string& name)
{
    const Json* found = find("/components/schemas/" + name);
    EXPECT_NE(found, nullptr) << name;
    static const Json kNone = JsonObject();
    return found == nullptr ? kNone : *found;
}

Names textsOf(const Json* array)
{
    Names names;
    if (array != nullptr && array->is_array()) {
        for (const auto& element : array->get_array()) {
            names.insert(std::string(element.get_string()));
        }
    }
    return names;
}

Names propertiesOf(const Json& object)
{
    Names names;
    if (const Json* properties = findMember(object, "properties")) {
        for (const auto& member : properties->get_object()) {
            names.insert(std::string(member.key()));
        }
    }
    return names;
}

/// Visits a struct as the JSON reader does and notes the names.
struct FieldNames {
    Names all;
    Names always; ///< Written in every case.

    template <class T>
    void operator()(std::string_view name, T&)
    {
        all.emplace(name);
        always.emplace(name);
    }
    template <class T>
    void operator()(std::string_view name, std::optional<T>&)
    {
        all.emplace(name);
    }
    template <class T>
    void defaulted(std::string_view name, T& member)
    {
        (*this)(name, member);
    }
};

template <class T>
FieldNames fieldsOf()
{
    T value{};
    FieldNames names;
    visitFields(names, value);
    return names;
}

template <NamedEnum E>
void expectEnum(const std::string& name)
{
    Names expected;
    for (const auto& [value, text] : EnumNames<E>::kNames) {
        expected.emplace(text);
    }
    EXPECT_EQ(textsOf(findMember(schema(name), "enum")), expected) << name;
}

TEST(OpenApi, everyReferenceLeadsSomewhere)
{
    std::size_t count = 0;
    const auto walk = [&](const auto& self, const Json& json) -> void {
        if (const auto* object = json.if_object()) {
            for (const auto& member : *object) {
                if (member.key() == "$ref") {
                    const std::string_view target = member.value().get_string();
                    ASSERT_TRUE(target.starts_with("#/"));
                    EXPECT_NE(find(target.substr(1)), nullptr) << target;
                    ++count;
                }
                self(self, member.value());
            }
        } else if (const auto* array = json.if_array()) {
            for (const auto& element : *array) {
                self(self, element);
            }
        }
    };
    walk(walk, document());
    EXPECT_GT(count, 50u);
}

TEST(OpenApi, closedSetsAreThoseOfTheDomain)
{
    expectEnum<domain::Severity>("Severity");
    expectEnum<domain::IncidentStatus>("IncidentStatus");
    expectEnum<domain::FailureCode>("FailureCode");
    expectEnum<domain::RunStatus>("RunStatus");
    expectEnum<domain::TerminationReason>("TerminationReason");
    expectEnum<domain::KillReason>("KillReason");
    expectEnum<domain::StepType>("StepType");
    expectEnum<domain::StepStatus>("StepStatus");
    expectEnum<domain::DecisionResult>("DecisionResult");
    expectEnum<domain::GapKind>("GapKind");
    expectEnum<domain::Role>("Role");
    expectEnum<domain::Scope>("Scope");
    expectEnum<domain::Wire>("Wire");
    expectEnum<domain::MatchLevel>("MatchLevel");
    expectEnum<domain::RemediationState>("RemediationState");
    expectEnum<domain::FixVerdict>("FixVerdict");
}

TEST(OpenApi, objectsHaveTheMembersOfTheirStructs)
{
    const auto expectSame = [](const std::string& name, const FieldNames& fields) {
        EXPECT_EQ(propertiesOf(schema(name)), fields.all) << name;
        EXPECT_EQ(textsOf(findMember(schema(name), "required")), fields.always) << name;
    };
    expectSame("Incident", fieldsOf<domain::Incident>());
    expectSame("RootCause", fieldsOf<domain::RootCause>());
    expectSame("IncidentNote", fieldsOf<domain::IncidentNote>());
    expectSame("LiveEvent", fieldsOf<domain::LiveEvent>());
    expectSame("ValuesReply", fieldsOf<domain::ValuesReply>());
    expectSame("TimelineEvent", fieldsOf<domain::TimelineEvent>());
    expectSame("Run", fieldsOf<domain::Run>());
    expectSame("RunAbort", fieldsOf<domain::RunAbort>());
    expectSame("CallReply", fieldsOf<CallReply>());
    expectSame("CallExchange", fieldsOf<domain::CallExchange>());
    expectSame("CallPiece", fieldsOf<domain::CallPiece>());
    expectSame("RunReply", fieldsOf<RunReply>());
    expectSame("RunEndReply", fieldsOf<RunEndReply>());
    expectSame("RunExplanation", fieldsOf<domain::RunExplanation>());
    expectSame("ThresholdUse", fieldsOf<domain::ThresholdUse>());
    expectSame("LedgerLink", fieldsOf<domain::LedgerLink>());
    expectSame("CallAt", fieldsOf<domain::CallAt>());
    expectSame("RunCounters", fieldsOf<domain::RunCounters>());
    expectSame("PassRecord", fieldsOf<domain::PassRecord>());
    expectSame("ExplainReply", fieldsOf<ExplainReply>());
    expectSame("TraceReply", fieldsOf<TraceReply>());
    expectSame("RunKillReply", fieldsOf<RunKillReply>());
    expectSame("ExportJob", fieldsOf<ExportJob>());
    expectSame("ExportFile", fieldsOf<ExportFile>());
    expectSame("ExportFailure", fieldsOf<ExportFailure>());
    expectSame("IncidentReply", fieldsOf<IncidentReply>());
    expectSame("PolicyList", fieldsOf<PolicyList>());
    expectSame("PolicyReply", fieldsOf<PolicyReply>());
    expectSame("PolicyImportReply", fieldsOf<PolicyImportReply>());
    expectSame("UpstreamList", fieldsOf<UpstreamList>());
    expectSame("KeyList", fieldsOf<KeyList>());
    expectSame("ApiKey", fieldsOf<KeyInfo>());
    expectSame("Health", fieldsOf<Health>());
    expectSame("IssuedCertificate", fieldsOf<domain::IssuedCertificate>());
    expectSame("Remediation", fieldsOf<domain::Remediation>());
    expectSame("FixVerification", fieldsOf<domain::FixVerification>());
    expectSame("Comparison", fieldsOf<domain::Comparison>());
    expectSame("PolicyReevaluation", fieldsOf<domain::PolicyReevaluation>());
}

TEST(OpenApi, whatTheClientReadsAndSendsIsDescribed)
{
    const auto expectKnown = [](const std::string& name, const FieldNames& fields) {
        const Names properties = propertiesOf(schema(name));
        for (const auto& field : fields.all) {
            EXPECT_TRUE(properties.contains(field)) << name << '.' << field;
        }
    };
    expectKnown("SearchRequest", fieldsOf<SearchRequest>());
    expectKnown("SearchReply", fieldsOf<SearchReply>());
    expectKnown("TimelineReply", fieldsOf<TimelineReply>());
    expectKnown("IncidentChange", fieldsOf<IncidentChange>());
    expectKnown("NewUpstream", fieldsOf<NewUpstream>());
    expectKnown("Upstream", fieldsOf<UpstreamInfo>());
    expectKnown("RunKill", fieldsOf<RunKill>());
    expectKnown("NewKey", fieldsOf<NewKey>());
    expectKnown("EvidenceCertificate", fieldsOf<domain::EvidenceCertificate>());
    const Json* error = findMember(schema("Error"), "properties");
    ASSERT_NE(error, nullptr);
    const Names known = propertiesOf(*findMember(*error, "error"));
    for (const auto& field : fieldsOf<ServerError>().all) {
        EXPECT_TRUE(known.contains(field)) << field;
    }
}

TEST(OpenApi, everyOperationHasAnIdScopeOrPublicAccessAndAnswers)
{
    const Json* paths = find("/paths");
    ASSERT_NE(paths, nullptr);
    Names ids;
    for (const auto& path : paths->get_object()) {
        for (const auto& [method, operation] : path.value().get_object()) {
            if (method == "parameters") {
                continue;
            }
            const std::string id(stringMember(operation, "operationId"));
            EXPECT_TRUE(ids.insert(id).second) << id;
            EXPECT_NE(findMember(operation, "responses"), nullptr) << id;
            const Json* security = findMember(operation, "security");
            const bool isPublic = security != nullptr && security->get_array().empty();
            EXPECT_NE(isPublic, findMember(operation, "x-scope") != nullptr) << id;
        }
    }
    EXPECT_GT(ids.size(), 40u);
}

} // namespace
} // namespace exhibit::client
