// SPDX-License-Identifier: Apache-2.0
#include "models/report/production.h"

#include "models/evidence/entry.h"
#include "models/evidence/field.h"
#include "models/report/bundle_json.h"
#include "models/report/custody.h"
#include "models/report/pack_facts.h"
#include "models/report/page_images.h"
#include "models/report/privilege.h"
#include "models/report/produced_bundles.h"
#include "models/report/production_pages.h"
#include "models/report/safe_text.h"
#include "models/report/step_line.h"
#include "models/report/words.h"

#include <fmt/format.h>

#include <algorithm>

namespace exhibit::report {
namespace {

using domain::StepType;

constexpr std::size_t kSubjectBytesMax = 300;

const WithheldDocument* withheldAt(const std::vector<WithheldDocument>& withheld, std::int64_t step)
{
    const auto found = std::find_if(withheld.begin(), withheld.end(), [step](const auto& one) {
        return one.stepIndex == step;
    });
    return found == withheld.end() ? nullptr : &*found;
}

/// False for an answer of which nothing was released.
bool wasSent(const BundleStep& output, const EvidenceBundle& bundle)
{
    if (output.data) {
        return integerMember(*output.data, "released_bytes") > 0;
    }
    const bool known = bundle.answer && output.callId == bundle.incident.callId;
    return !known || bundle.answer->releasedBytes > 0;
}

/// Who said it to whom, as far as a step says anything to anyone.
std::pair<std::string, std::string> endsOf(const BundleStep& step, const EvidenceBundle& bundle)
{
    const std::string user = bundle.run.userId.value_or("the application’s user");
    const std::string& model = bundle.incident.model;
    switch (step.stepType) {
    case StepType::Input:
        return {user, model};
    case StepType::Context:
    case StepType::LlmCall:
        return {"the application", model};
    case StepType::Output:
        return {model, wasSent(step, bundle) ? user : ""};
    case StepType::ToolCall:
        return {model, user};
    case StepType::Policy:
    case StepType::RootCause:
    case StepType::Kill:
    case StepType::Error:
        break;
    }
    return {"exhibitd", ""};
}

class Planner {
public:
    Planner(const ProductionSource& source,
            const ProductionRequest& request,
            const evidence::Pack& pack,
            const PackFacts& facts)
        : m_source(source)
        , m_request(request)
        , m_pack(pack)
        , m_facts(facts)
        , m_custodian(request.custodian.empty() ? facts.bundle.tenant.name : request.custodian)
    {
    }

    Result<ProductionPlan> run()
    {
        EXHIBIT_TRY(const auto redaction,
                    ExportRedaction::make(m_facts.bundle.redacted, marksOf(m_request.passages)));
        const Passages passages(m_request.passages, redaction);
        describe();
        EXHIBIT_CHECK(addProofs());
        EXHIBIT_TRY(m_plan.bundle.custody, custodyOf(m_pack, m_facts));
        addIncident({redaction, passages});
        for (const auto& step : m_facts.bundle.steps) {
            addStep(step, {redaction, passages});
        }
        addPack();
        for (auto& document : m_plan.documents) {
            EXHIBIT_TRY(const auto pages, countPages(document.pages));
            document.fields.pageCount = static_cast<std::int64_t>(pages);
            m_plan.pages += document.fields.pageCount;
            if (m_plan.pages > kProductionPagesMax) {
                return fail(ErrorCode::TooLarge, "the production has more than 20,000 pages");
            }
        }
        return std::move(m_plan);
    }

private:
    /// What was taken out of documents, and why.
    struct Takings {
        const ExportRedaction& redaction;
        const Passages& passages;
    };

    /// What was there and is not shown, by whoever's wish.
    static void noteTaken(PlannedDocument& document,
                          const Json& original,
                          const Json& shown,
                          const Takings& takings)
    {
        noteRedactions(document, {original, shown, takings.redaction});
        notePassages(document, takings.passages, shown);
    }

    void describe()
    {
        auto& bundle = m_plan.bundle;
        const auto& from = m_facts.bundle;
        bundle.bundleId = from.bundleId;
        bundle.createdAt = from.createdAt;
        bundle.exportedBy = from.exportedBy;
        for (const auto& key : from.keyLabels) {
            bundle.exportedByLabel
                = key.keyId == from.exportedBy ? key.label : bundle.exportedByLabel;
        }
        bundle.exportReason = from.exportReason;
        bundle.tenantId = from.tenant.tenantId;
        bundle.tenantName = from.tenant.name;
        bundle.incidentId = from.incident.incidentId.text();
        bundle.caseName = m_source.caseName;
        bundle.volume = m_request.volume;
        bundle.confidentiality = m_request.confidentiality;
        bundle.encoding = m_request.encoding;
        bundle.redacted = from.redacted;
        bundle.batesPrefix = m_request.prefix;
        bundle.custodians = {m_custodian};
        bundle.logOrigin = m_facts.origin;
        bundle.treeSize = static_cast<std::int64_t>(m_facts.treeSize);
        bundle.root = m_facts.root;
    }

    /// Entries hold salted digests alone: they may be shown whatever is withheld.
    Result<void> addProofs()
    {
        for (const auto& name : m_pack.under("data/proofs/")) {
            EXHIBIT_TRY(const auto proof, m_pack.content(name));
            const std::string stem = name.substr(name.rfind('/') + 1, 10);
            EXHIBIT_TRY(const auto entry, m_pack.content("data/entries/" + stem + ".json"));
            m_plan.proofs.emplace("PROOFS/" + stem + ".tlog-proof", proof.view());
            m_plan.proofs.emplace("PROOFS/" + stem + ".json", entry.view());
        }
        if (const auto name = evidence::checkpointPath(m_facts.treeSize); m_pack.has(name)) {
            EXHIBIT_TRY(const auto note, m_pack.content(name));
            m_plan.head = note.view();
        }
        return {};
    }

    PlannedDocument begin(const std::string& docType, const std::string& subject) const
    {
        PlannedDocument document;
        document.fields.custodian = m_custodian;
        document.fields.docType = docType;
        document.fields.subject = bounded(oneLine(subject), kSubjectBytesMax);
        return document;
    }

    void finish(PlannedDocument document, std::optional<std::uint64_t> entry)
    {
        auto& fields = document.fields;
        if (entry) {
            const std::string stem = fmt::format("PROOFS/{:010}", *entry);
            const auto found = m_plan.proofs.find(stem + ".json");
            if (found != m_plan.proofs.end()) {
                fields.entrySeq = static_cast<std::int64_t>(*entry);
                fields.entryHash = sha256(found->second);
                fields.proofPath = stem + ".tlog-proof";
            }
        }
        const Bytes& produced = document.native ? *document.native : document.text;
        fields.fileSize = static_cast<std::int64_t>(produced.size());
        fields.sha256 = sha256(produced);
        auto& pages = document.pages;
        pages.kind = "Produced from a recorded run: " + fields.docType;
        pages.marking = oneLine(m_request.confidentiality);
        pages.footer = fields.entryHash
            ? Text{{fmt::format("Log entry {}, SHA-256  ", *fields.entrySeq), {}},
                   {toHex(asView(*fields.entryHash)), {.mono = true}}}
            : plain("No log entry of its own");
        pages.footerNote = fields.treatment == Treatment::Produced
            ? "Image of the recorded text; the native and the text are produced beside it."
            : "Parts are " + std::string(wireName(fields.treatment)) + ": see the privilege log.";
        pages.createdAt = m_facts.bundle.createdAt;
        m_plan.documents.push_back(std::move(document));
    }

    void addIncident(const Takings& takings)
    {
        const auto& bundle = m_facts.bundle;
        auto document = begin("incident", bundle.incident.title);
        auto& fields = document.fields;
        fields.fileName = "incident.json";
        fields.dateCreated = bundle.incident.createdAt;
        fields.from = "exhibitd";
        const Json shown = recordOf(bundle);
        document.native = printJson(shown);
        const auto lines = linesOf(shown);
        document.text = extractedText("Incident " + bundle.incident.incidentId.text(), lines);
        document.pages = producedPages("Incident " + bundle.incident.incidentId.text(), lines);
        noteTaken(document, recordOf(m_source.original), shown, takings);
        if (!m_request.withheld.empty()) {
            fields.redactions.push_back({"repeats what a withheld document says", 1});
            notePartsLeftOut(
                document,
                groundsOfWithheld(),
                "What repeats the content of documents withheld from this production is "
                "left out.");
        }
        if (passagePartsLeftOut(bundle)) {
            fields.redactions.push_back({"may hold a part of a redacted passage", 1});
            notePartsLeftOut(document,
                             groundsOfPassages(),
                             "Of the answer, the excerpt and the ends are left out: they may hold "
                             "parts of redacted passages.");
        }
        finish(std::move(document), m_facts.incidentEntry);
    }

    bool passagePartsLeftOut(const EvidenceBundle& bundle) const
    {
        const auto& answer = bundle.answer;
        return !m_request.passages.empty()
            && (bundle.incident.excerpt == kPassagePartsLeftOut
                || (answer && answer->released == kPassagePartsLeftOut)
                || (answer && answer->withheld == kPassagePartsLeftOut));
    }

    std::set<std::string> groundsOfPassages() const
    {
        std::set<std::string> grounds;
        for (const auto& one : m_request.passages) {
            grounds.insert(one.basis);
        }
        return grounds;
    }

    std::set<std::string> groundsOfWithheld() const
    {
        auto grounds = groundsOfPassages();
        for (const auto& one : m_request.withheld) {
            grounds.insert(one.basis);
        }
        return grounds;
    }

    /// The bundle without the steps, which are documents of their own.
    static Json recordOf(const EvidenceBundle& bundle)
    {
        auto json = toJson(bundle);
        json.get_object().erase("steps");
        return json;
    }

    void addStep(const BundleStep& step, const Takings& takings)
    {
        const std::string type(wireName(step.stepType));
        const std::string title = fmt::format("Step {}: {}", step.stepIndex, type);
        auto document = begin(type, title + (step.detail.empty() ? "" : ", " + step.detail));
        auto& fields = document.fields;
        fields.stepIndex = step.stepIndex;
        fields.dateCreated = step.time;
        std::tie(fields.from, fields.to) = endsOf(step, m_facts.bundle);
        if (const auto* withheld = withheldAt(m_request.withheld, step.stepIndex)) {
            withhold(document, title, *withheld);
        } else {
            const Json shown = toJson(step);
            fields.fileName = fmt::format("step-{:05}-{}.json", step.stepIndex, type);
            document.native = printJson(shown);
            const auto lines = linesOf(shown);
            document.text = extractedText(title, lines);
            document.pages = producedPages(title, lines);
            if (const auto* original = originalOf(step.stepIndex)) {
                noteTaken(document, toJson(*original), shown, takings);
            }
        }
        finish(std::move(document), entryOf(step));
    }

    void addPack()
    {
        auto document = begin("evidence_pack", "Evidence pack, produced in native form");
        document.fields.fileName = "evidence.exhibit";
        document.fields.dateCreated = m_facts.bundle.createdAt;
        document.fields.from = "exhibitd";
        document.native = Bytes(m_source.pack);
        const std::string words = "PRODUCED IN NATIVE FORM ONLY: the evidence pack, SHA-256 "
            + toHex(asView(m_facts.sha256))
            + ". It holds the log's entries with their proofs. Check it with exhibitctl verify and "
              "keys that came by another way.";
        document.text = words + "\n";
        document.pages = slipSheet("Evidence pack", words);
        const auto& bundle = m_facts.bundle;
        if (bundle.redacted || !groundsOfWithheld().empty()) {
            document.fields.redactions.push_back({"fields withheld from the pack", 1});
            auto grounds = groundsOfWithheld();
            if (bundle.redacted) {
                grounds.insert(kPersonalGround);
            }
            notePartsLeftOut(document,
                             std::move(grounds),
                             "Fields that hold personal data, secrets or what is withheld are left "
                             "out of the pack, which names each of them in data/redactions.json."
                                 + certificatesLeftOut());
        }
        finish(std::move(document), std::nullopt);
    }

    std::string certificatesLeftOut() const
    {
        const auto count = m_facts.certificatesLeftOut;
        return count == 0
            ? ""
            : fmt::format(" {}, signed as a whole, would say a redacted passage: left "
                          "out too.",
                          counted(count, "replay certificate"));
    }

    const BundleStep* originalOf(std::int64_t step) const
    {
        const auto& steps = m_source.original.steps;
        const auto found = std::find_if(
            steps.begin(), steps.end(), [step](const auto& one) { return one.stepIndex == step; });
        return found == steps.end() ? nullptr : &*found;
    }

    std::optional<std::uint64_t> entryOf(const BundleStep& step) const
    {
        const auto find = [](const auto& entries, const auto& id) -> std::optional<std::uint64_t> {
            const auto found = id ? entries.find(id->text()) : entries.end();
            return found == entries.end() ? std::nullopt : std::optional(found->second);
        };
        const auto own = find(m_facts.entryOfDecision, step.decisionId);
        return own ? own : find(m_facts.entryOfCall, step.callId);
    }

    const ProductionSource& m_source;
    const ProductionRequest& m_request;
    const evidence::Pack& m_pack;
    const PackFacts& m_facts;
    std::string m_custodian;
    ProductionPlan m_plan;
};

} // namespace

Result<ProductionPlan> planProduction(const ProductionSource& source,
                                      const ProductionRequest& request)
{
    EXHIBIT_TRY(const auto facts, readPackFacts(source.pack));
    if (facts.checks.hasFailure()) {
        return fail(ErrorCode::Corrupt, "the pack does not pass its checks", facts.origin);
    }
    for (const auto& one : request.withheld) {
        const auto& steps = facts.bundle.steps;
        if (std::none_of(steps.begin(), steps.end(), [&one](const auto& step) {
                return step.stepIndex == one.stepIndex;
            })) {
            return fail(ErrorCode::NotFound,
                        fmt::format("the run has no step {}", one.stepIndex),
                        "/production/withheld");
        }
    }
    EXHIBIT_TRY(const auto pack, evidence::Pack::open(source.pack));
    return Planner(source, request, pack, facts).run();
}

} // namespace exhibit::report
