// SPDX-License-Identifier: Apache-2.0
#include "models/report/case_uco.h"

#include "models/report/safe_text.h"

#include <fmt/format.h>

namespace exhibit::report {
namespace {

class Graph {
public:
    Graph(const PackFacts& facts, const Json& mapping)
        : m_facts(facts)
        , m_bundle(facts.bundle)
        , m_mapping(mapping)
    {
    }

    Json run()
    {
        addTool();
        addOwner();
        addPack();
        for (const auto& step : m_bundle.steps) {
            addStep(step);
        }
        addExport();
        addInvestigation();
        return JsonObject{{"@context", m_mapping.at("context")}, {"@graph", std::move(m_graph)}};
    }

private:
    /// An id of this pack's own.
    [[nodiscard]] std::string idOf(std::string_view kind, std::string_view name = {}) const
    {
        const auto digest = sha256(toHex(asView(m_facts.sha256)) + "/" + std::string(kind) + "/"
                                   + std::string(name));
        return fmt::format("kb:{}-{}", kind, Uuid::v8(digest).hyphenated());
    }
    static Json link(const std::string& id) { return JsonObject{{"@id", id}}; }
    static Json time(UtcTime at)
    {
        return JsonObject{{"@type", "xsd:dateTime"}, {"@value", formatTime(at)}};
    }
    [[nodiscard]] Json hash(const Digest& digest) const
    {
        const std::string hex = toHex(asView(digest));
        return JsonObject{
            {"@id", idOf("hash", hex)},
            {"@type", "uco-types:Hash"},
            {"uco-types:hashMethod", "SHA256"},
            {"uco-types:hashValue", JsonObject{{"@type", "xsd:hexBinary"}, {"@value", hex}}}};
    }
    [[nodiscard]] Json contentFacet(std::string_view name, const Digest& digest) const
    {
        return JsonObject{{"@id", idOf("content-data-facet", name)},
                          {"@type", "uco-observable:ContentDataFacet"},
                          {"uco-observable:hash", JsonArray{hash(digest)}}};
    }

    void addTool()
    {
        m_graph.push_back(JsonObject{{"@id", idOf("tool")},
                                     {"@type", "uco-tool:AnalyticTool"},
                                     {"uco-core:name", "Exhibit"},
                                     {"uco-tool:version", EXHIBIT_VERSION}});
    }

    void addOwner()
    {
        m_graph.push_back(JsonObject{{"@id", idOf("organization")},
                                     {"@type", "uco-identity:Organization"},
                                     {"uco-core:name", safeText(m_bundle.tenant.name)}});
        m_graph.push_back(JsonObject{{"@id", idOf("identity")},
                                     {"@type", "uco-identity:Identity"},
                                     {"uco-core:name", safeText(m_bundle.exportedBy)}});
    }

    void addPack()
    {
        m_graph.push_back(
            JsonObject{{"@id", idOf("file", "pack")},
                       {"@type", "uco-observable:File"},
                       {"uco-core:hasFacet",
                        JsonArray{JsonObject{{"@id", idOf("file-facet", "pack")},
                                             {"@type", "uco-observable:FileFacet"},
                                             {"uco-observable:fileName", "evidence.exhibit"}},
                                  contentFacet("pack", m_facts.sha256)}}});
        m_graph.push_back(
            JsonObject{{"@id", idOf("provenance-record", "pack")},
                       {"@type", "case-investigation:ProvenanceRecord"},
                       {"uco-core:description",
                        fmt::format("Evidence pack: entries {} to {} of the log {}",
                                    m_facts.firstEntry,
                                    m_facts.lastEntry,
                                    m_facts.origin)},
                       {"case-investigation:exhibitNumber", m_bundle.incident.incidentId.text()},
                       {"uco-core:object", link(idOf("file", "pack"))}});
    }

    void addStep(const BundleStep& step)
    {
        const std::string name = std::to_string(step.stepIndex);
        const std::string type(wireName(step.stepType));
        const std::string mapped(stringMember(m_mapping.at("step_types"), type));
        const bool action = mapped.starts_with("uco-action:");
        JsonObject node{
            {"@id", idOf("step", name)},
            {"@type", mapped},
            {"uco-core:name", fmt::format("step {}: {}", step.stepIndex, type)},
            {action ? "uco-action:startTime" : "uco-core:objectCreatedTime", time(step.time)}};
        const std::string words = step.detail.empty() ? step.event : step.detail;
        if (!words.empty()) {
            node.emplace("uco-core:description", safeText(words));
        }
        if (step.contentHash) {
            node.emplace("uco-core:hasFacet", JsonArray{contentFacet(name, *step.contentHash)});
        }
        m_observed.push_back(link(idOf("step", name)));
        m_graph.push_back(std::move(node));
    }

    void addExport()
    {
        m_graph.push_back(
            JsonObject{{"@id", idOf("action", "export")},
                       {"@type", "case-investigation:InvestigativeAction"},
                       {"uco-core:name", "exported"},
                       {"uco-action:startTime", time(m_bundle.createdAt)},
                       {"uco-action:performer", link(idOf("identity"))},
                       {"uco-action:instrument", JsonArray{link(idOf("tool"))}},
                       {"uco-action:object", m_observed},
                       {"uco-action:result", JsonArray{link(idOf("provenance-record", "pack"))}}});
    }

    void addInvestigation()
    {
        JsonArray objects{link(idOf("organization")),
                          link(idOf("action", "export")),
                          link(idOf("file", "pack")),
                          link(idOf("provenance-record", "pack"))};
        objects.insert(objects.end(), m_observed.begin(), m_observed.end());
        m_graph.push_back(JsonObject{{"@id", idOf("investigation")},
                                     {"@type", "case-investigation:Investigation"},
                                     {"uco-core:name", m_bundle.incident.incidentId.text()},
                                     {"uco-core:description", safeText(m_bundle.incident.title)},
                                     {"uco-core:object", std::move(objects)}});
    }

    const PackFacts& m_facts;
    const EvidenceBundle& m_bundle;
    const Json& m_mapping;
    JsonArray m_graph;
    JsonArray m_observed;
};

} // namespace

Json caseUco(const PackFacts& facts, const Json& mapping)
{
    return Graph(facts, mapping).run();
}

} // namespace exhibit::report
