// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/evidence/certificate_document.h"
#include "models/evidence/erased_fields.h"
#include "models/evidence/verifier.h"
#include "tests/models/evidence/small_pack.h"

#include <algorithm>

/// A log of any length and packs of parts of it, signed by the keys of the small pack.
namespace exhibit::evidence::testing {

struct FieldOnTest {
    std::string path;
    Json value;
    bool shown = true;
    std::optional<std::uint64_t> erasedBy;
};

class LogOnTest {
public:
    explicit LogOnTest(std::string origin = std::string(kSmallOrigin))
        : m_origin(std::move(origin))
        , m_previous(genesisPrevious(m_origin))
    {
    }

    void add(const std::string& type = "llm.call",
             const std::vector<FieldOnTest>& fields = {{"/what", "x"}})
    {
        const std::uint64_t sequence = m_tree.size();
        Entry entry{{}, m_origin, m_previous, sequence, "2026-11-21T10:00:00.000000Z", type};
        for (const auto& one : fields) {
            const Bytes file
                = writeField({Bytes(kSaltBytes, 's'), one.path, one.value, {}}).value();
            if (one.shown) {
                m_files[fieldPath(sequence, entry.fields.size())] = file;
            } else {
                m_redactions.push_back(
                    {sequence, one.path, sha256(file), "left out", "", one.erasedBy});
            }
            entry.fields.push_back({sha256(file), one.path});
        }
        m_entries.push_back(writeEntry(entry).value());
        m_previous = entryHash(m_entries.back());
        m_tree.append(leafHash(m_entries.back()));
    }
    void addMany(int count)
    {
        for (int i = 0; i < count; ++i) {
            add();
        }
    }

    Digest digest(std::uint64_t sequence, std::size_t position) const
    {
        return parseEntry(m_entries[sequence]).value().fields[position].digest;
    }
    const Bytes& entry(std::uint64_t sequence) const { return m_entries[sequence]; }
    Bytes field(std::uint64_t sequence, std::size_t position) const
    {
        return m_files.at(fieldPath(sequence, position));
    }

    std::string note(const TreeHead& head, std::vector<NoteSignature> more = {}) const
    {
        const std::string body = writeCheckpoint({m_origin, head});
        more.insert(more.begin(), makeSignature(m_key, smallKey('l').sign(body)));
        return writeNote({body, std::move(more)}).value();
    }
    TreeHead head(std::uint64_t size) const { return {size, m_tree.root(size)}; }
    std::string note(std::uint64_t size) const { return note(head(size)); }
    std::string proof(std::uint64_t sequence, std::uint64_t size) const
    {
        return writeTlogProof(
            {{}, sequence, inclusionProof(m_tree.nodes(), sequence, size).value(), note(size)});
    }
    std::string consistency(std::uint64_t first, std::uint64_t second) const
    {
        return writeConsistency(
            {first, consistencyProof(m_tree.nodes(), first, second).value(), note(second)});
    }
    /// Sign with the same key under another name.
    void nameKey(const std::string& name)
    {
        m_key = NoteKey::make(name, smallKey('l').publicKey()).value();
    }

    /// The entries first..last, each proven under the head of that size.
    PackPayload payload(std::uint64_t first, std::uint64_t last, std::uint64_t size) const
    {
        PackPayload payload;
        for (std::uint64_t sequence = first; sequence <= last; ++sequence) {
            payload[entryPath(sequence)] = m_entries[sequence];
            payload[proofPath(sequence)] = proof(sequence, size);
            const auto fields = parseEntry(m_entries[sequence]).value().fields.size();
            for (std::size_t i = 0; i < fields; ++i) {
                if (const auto file = m_files.find(fieldPath(sequence, i)); file != m_files.end()) {
                    payload.insert(*file);
                }
            }
        }
        auto listed = m_redactions;
        std::erase_if(listed, [&](const auto& redaction) {
            return redaction.sequence < first || redaction.sequence > last;
        });
        payload["data/redactions.json"] = writeRedactions(listed).value();
        payload[checkpointPath(size)] = note(size);
        return payload;
    }

private:
    std::string m_origin;
    Digest m_previous;
    NoteKey m_key = smallLogKey();
    Tree m_tree;
    std::vector<Bytes> m_entries;
    std::map<std::string, Bytes> m_files;
    std::vector<Redaction> m_redactions;
};

inline Envelope signedBy(const SigningKey& key, const Bytes& payload)
{
    return {payload,
            std::string(kInTotoType),
            {{key.publicKey().id(), key.sign(preAuthEncoding(kInTotoType, payload))}}};
}

/// The archive, its signature made to fit what is in it.
inline Bytes packOf(const PackPayload& payload,
                    std::uint64_t treeSize,
                    std::uint64_t withheld = 0,
                    const std::string& origin = std::string(kSmallOrigin))
{
    const auto bag
        = makeBag({"small", origin, treeSize, withheld, "", ""},
                  "2026-11-21",
                  payload,
                  [](const auto& statement, const auto& digest) -> Result<Envelope> {
                      EXHIBIT_TRY(const Bytes text, writePackStatement(statement, digest));
                      return signedBy(smallKey('c'), text);
                  })
              .value();
    Bytes archive;
    const auto written = writePack("small", bag, [&archive](BytesView bytes) -> Result<void> {
        archive += bytes;
        return {};
    });
    EXHIBIT_ASSERT(written.has_value());
    return archive;
}

/// Passed only when every check of that id did; failed when one did.
inline CheckResult resultOf(const VerificationReport& report, std::string_view id)
{
    CheckResult result = CheckResult::NotChecked;
    for (const auto& check : report.checks) {
        if (check.id != id) {
            continue;
        }
        if (check.result != CheckResult::Passed) {
            return report.hasFailure(id) ? CheckResult::Failed : CheckResult::NotChecked;
        }
        result = CheckResult::Passed;
    }
    return result;
}

inline std::string told(const VerificationReport& report)
{
    return printJson(reportJson("", report));
}

} // namespace exhibit::evidence::testing
