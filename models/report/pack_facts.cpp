// SPDX-License-Identifier: Apache-2.0
#include "models/report/pack_facts.h"

#include "models/base/base64.h"
#include "models/evidence/checkpoint.h"
#include "models/evidence/dsse.h"
#include "models/evidence/entry.h"
#include "models/evidence/field.h"
#include "models/evidence/keys.h"
#include "models/evidence/merkle.h"
#include "models/evidence/verifier.h"
#include "models/report/bundle_json.h"
#include "models/report/step_line.h"

#include <fmt/format.h>

#include <algorithm>

namespace exhibit::report {
namespace {

constexpr std::string_view kNeighbour = "not about this incident";

class Reader {
public:
    Reader(const evidence::Pack& pack, PackFacts& facts)
        : m_pack(pack)
        , m_facts(facts)
    {
    }

    Result<void> run()
    {
        EXHIBIT_CHECK(readBundle());
        EXHIBIT_CHECK(readCase());
        m_facts.files = m_pack.names().size();
        EXHIBIT_CHECK(readHead());
        EXHIBIT_CHECK(readKeys());
        EXHIBIT_CHECK(readRedactions());
        EXHIBIT_CHECK(readCertificates());
        for (const auto& name : m_pack.under("data/entries/")) {
            EXHIBIT_CHECK(readEntry(name));
        }
        return {};
    }

private:
    Result<void> readBundle()
    {
        EXHIBIT_TRY(const auto bundle, m_pack.content(std::string(kBundlePath)));
        EXHIBIT_TRY(const Json json, parseJson(bundle.view()));
        EXHIBIT_TRY(m_facts.bundle, fromJson<EvidenceBundle>(json, UnknownMembers::Reject));
        return {};
    }

    /// Holds, authority and recipient.
    Result<void> readCase()
    {
        constexpr const char* kCase = "data/case.json";
        if (!m_pack.has(kCase)) {
            return {};
        }
        EXHIBIT_TRY(const auto file, m_pack.content(kCase));
        EXHIBIT_TRY(const Json json, parseJson(file.view()));
        m_facts.authority = stringMember(json, "authority");
        m_facts.recipient = stringMember(json, "recipient");
        m_facts.certificatesLeftOut = integerMember(json, "certificates_left_out");
        const Json* holds = findMember(json, "holds");
        if (holds == nullptr || !holds->is_array()) {
            return {};
        }
        m_facts.holds.emplace();
        for (const auto& hold : holds->get_array()) {
            m_facts.holds->emplace_back(hold.is_string() ? std::string_view(hold.get_string())
                                                         : std::string_view());
        }
        return {};
    }

    /// The largest signed head.
    Result<void> readHead()
    {
        for (const auto& name : m_pack.under("data/checkpoints/")) {
            if (!name.ends_with(".note")) {
                continue;
            }
            EXHIBIT_TRY(const auto note, m_pack.content(name));
            EXHIBIT_TRY(const auto head, evidence::parseSignedCheckpoint(note.view()));
            if (head.checkpoint.head.size >= m_facts.treeSize) {
                m_facts.treeSize = head.checkpoint.head.size;
                m_facts.origin = head.checkpoint.origin;
                m_facts.root = toBase64(asView(head.checkpoint.head.root));
            }
        }
        return {};
    }

    Result<void> readKeys()
    {
        EXHIBIT_TRY(const auto keys, m_pack.content("data/keys/vkeys.txt"));
        EXHIBIT_TRY(const auto key,
                    evidence::NoteKey::parse(keys.view().substr(0, keys.view().find('\n'))));
        m_facts.logKeyId = fmt::format("{:08x}", key.id());
        EXHIBIT_TRY(const auto pem, m_pack.content("data/keys/cert.pub.pem"));
        EXHIBIT_TRY(const auto certificate, evidence::PublicKey::fromText(pem.view()));
        m_facts.certificateKey = toHex(certificate.raw());
        return {};
    }

    Result<void> readRedactions()
    {
        EXHIBIT_TRY(const auto file, m_pack.content("data/redactions.json"));
        EXHIBIT_TRY(auto redactions, evidence::parseRedactions(file.view()));
        for (auto& redaction : redactions) {
            if (redaction.reason == kNeighbour) {
                ++m_facts.neighboursWithheld;
            } else {
                m_facts.redactions.push_back(std::move(redaction));
            }
        }
        return {};
    }

    Result<void> readCertificates()
    {
        for (const auto& name : m_pack.under("data/certificates/")) {
            if (!name.ends_with(".dsse.json")) {
                continue;
            }
            EXHIBIT_TRY(const auto file, m_pack.content(name));
            EXHIBIT_TRY(const auto envelope, evidence::parseEnvelope(file.view()));
            EXHIBIT_TRY(const auto statement, evidence::parseStatement(envelope.payload));
            const auto certificate = fromJson<domain::EvidenceCertificate>(statement.predicate);
            const bool newer = certificate
                && (!m_facts.certificate || m_facts.certificate->signedAt < certificate->signedAt);
            if (newer && certificate->incidentId == m_facts.bundle.incident.incidentId) {
                m_facts.certificate = *certificate;
                m_facts.certificatePayload = sha256(envelope.payload);
            }
        }
        return {};
    }

    Result<void> readEntry(const std::string& name)
    {
        EXHIBIT_TRY(const auto file, m_pack.content(name));
        EXHIBIT_TRY(const auto entry, evidence::parseEntry(file.view()));
        const bool first = m_facts.entries++ == 0;
        m_facts.firstEntry = first ? entry.sequence : std::min(m_facts.firstEntry, entry.sequence);
        m_facts.lastEntry = std::max(m_facts.lastEntry, entry.sequence);
        EXHIBIT_TRY(const auto values, valuesOf(entry));
        if (entry.type == "decision.recorded") {
            noteDecision(entry, values);
        } else if (entry.type == "llm.call") {
            m_facts.entryOfCall[textAt(values, "/call_id")] = entry.sequence;
        } else if (entry.type == "incident.opened"
                   && textAt(values, "/incident_id") == m_facts.bundle.incident.incidentId.text()) {
            m_facts.incidentEntry = entry.sequence;
            m_facts.incidentLeaf = toHex(asView(evidence::leafHash(file.view())));
        }
        return {};
    }

    using Values = std::map<std::string, Json>;

    /// What the entry's field files disclose.
    Result<Values> valuesOf(const evidence::Entry& entry)
    {
        Values values;
        for (std::size_t i = 0; i < entry.fields.size(); ++i) {
            const auto name = evidence::fieldPath(entry.sequence, i);
            if (m_pack.has(name)) {
                EXHIBIT_TRY(const auto file, m_pack.content(name));
                EXHIBIT_TRY(auto field, evidence::parseField(file.view()));
                values.emplace(std::move(field.path), std::move(field.value));
            }
        }
        return values;
    }

    static std::string textAt(const Values& values, const std::string& path)
    {
        const auto found = values.find(path);
        const bool text = found != values.end() && found->second.is_string();
        return text ? std::string(found->second.get_string()) : std::string();
    }

    void noteDecision(const evidence::Entry& entry, const Values& values)
    {
        const auto decision = parseJson(textAt(values, "/decision"));
        if (!decision) {
            return; // Withheld.
        }
        m_facts.entryOfDecision[std::string(stringMember(*decision, "decision_id"))]
            = entry.sequence;
    }

    const evidence::Pack& m_pack;
    PackFacts& m_facts;
};

} // namespace

Result<PackFacts> readPackFacts(BytesView pack)
{
    EXHIBIT_TRY(const auto opened, evidence::Pack::open(pack));
    if (!opened.has(std::string(kBundlePath))) {
        return fail(ErrorCode::InvalidInput,
                    "The pack holds no bundle that a report could be made from.",
                    std::string(kBundlePath));
    }
    PackFacts facts;
    facts.sha256 = sha256(pack);
    facts.checks = evidence::verifyPack(pack, {});
    EXHIBIT_CHECK(Reader(opened, facts).run());
    return facts;
}

} // namespace exhibit::report
