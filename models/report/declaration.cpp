// SPDX-License-Identifier: Apache-2.0
#include "models/report/declaration.h"

#include "models/report/safe_text.h"
#include "models/report/step_line.h"
#include "models/report/words.h"

#include <fmt/format.h>

namespace exhibit::report {
namespace {

constexpr std::size_t kItemsMax = 200;

class Declaration {
public:
    explicit Declaration(Document& document)
        : m_document(document)
    {
    }

    void heading(const std::string& text) { m_document.blocks.emplace_back(Heading{text}); }
    void numbered(Text text)
    {
        Text all{{fmt::format("{}.  ", ++m_number), {.bold = true}}};
        all.insert(all.end(), text.begin(), text.end());
        m_document.blocks.emplace_back(Paragraph{std::move(all)});
    }
    void lines(std::vector<std::string> labels)
    {
        m_document.blocks.emplace_back(SignatureLines{std::move(labels)});
    }

private:
    Document& m_document;
    int m_number = 0;
};

Table itemsOf(const DeclarationFacts& facts)
{
    Table table{{{"Item", 190}, {"SHA-256", 1}}, {}, {}};
    for (const auto& item : facts.items) {
        if (table.rows.size() == kItemsMax) {
            table.rows.push_back({{{plain(fmt::format("and {} more",
                                                      grouped(static_cast<std::int64_t>(
                                                          facts.items.size() - kItemsMax))))},
                                   {plain("listed in fre902.json, which is attached")}}});
            break;
        }
        table.rows.push_back(
            {{{plain(bounded(oneLine(item.name), 300))}, {mono(toHex(asView(item.sha256)))}}});
    }
    return table;
}

Document page(const DeclarationFacts& facts)
{
    Document document;
    document.title = "Draft certification of electronic records";
    document.kind = "DRAFT, not signed";
    document.marking = "FRE 902(13), 902(14); 28 U.S.C. 1746";
    document.footer = plain("Prepared by a machine from its own records, as fre902.json, which is "
                            "attached, has them. It is no legal advice.");
    document.footerNote = "It certifies nothing until a qualified person completes and signs it.";
    document.createdAt = facts.acquiredAt;
    return document;
}

} // namespace

std::string declaredSystem()
{
    return "Exhibit " EXHIBIT_VERSION;
}

DeclarationFacts declarationOf(const PackFacts& pack)
{
    DeclarationFacts facts;
    facts.system = declaredSystem();
    facts.tenantName = pack.bundle.tenant.name;
    facts.origin = pack.origin;
    facts.treeSize = static_cast<std::int64_t>(pack.treeSize);
    facts.root = pack.root;
    facts.acquiredAt = pack.bundle.createdAt;
    facts.acquiredBy = namedKey(pack.bundle.keyLabels, pack.bundle.exportedBy);
    facts.items = {{"evidence.exhibit, attached", pack.sha256}};
    return facts;
}

Document draftDeclaration(const DeclarationFacts& facts)
{
    Document document = page(facts);
    Declaration draft(document);
    document.blocks.emplace_back(
        Title{"Certification of records generated and copied by an electronic process",
              "Draft under Federal Rules of Evidence 902(13) and 902(14)"});
    document.blocks.emplace_back(
        Notice{plain("DRAFT. Nobody has made this declaration. Whoever signs it must know what it "
                     "says, strike what they do not know, and fill in what is left open.")});
    draft.heading("Declarant");
    draft.numbered(plain("I am the person named below. I make this declaration of my own knowledge "
                         "and in the capacity stated."));
    draft.lines({"Name", "Employer and position", "Qualifications", "Since when with the system"});
    draft.heading("The system and its records");
    draft.numbered(
        {{fmt::format("The records come from {}, operated for ", oneLine(facts.system)), {}},
         {bounded(oneLine(facts.tenantName), 300), {.bold = true}},
         {". It stands between applications and providers of language models, and "
          "records each request, each part of each answer and each decision of a policy "
          "before the answer is passed on.",
          {}}});
    draft.numbered(plain(
        "Records are made at the time of the events, by the system itself and as a regular "
        "practice. Each becomes an entry of an append-only log; an entry holds the SHA-256 of the "
        "entry before it, and all entries are the leaves of a Merkle tree (RFC 6962) whose head is "
        "signed (Ed25519)."));
    draft.numbered(plain(
        "The process produces an accurate result: the program that made this copy recomputed the "
        "hashes, the proofs and the signature of everything it copied. Further verification runs "
        "and their results, to be stated by the declarant:"));
    draft.lines({"Verification runs (dates, results)", "Outages or errors in the period"});
    draft.heading("The copy");
    draft.numbered({{fmt::format("The items below were copied on {} at {} UTC by the key ",
                                 longDate(facts.acquiredAt),
                                 formatTime(facts.acquiredAt).substr(11, 8)),
                     {}},
                    {bounded(oneLine(facts.acquiredBy), 300), {.mono = true}},
                    {", with the system’s own export.", {}}});
    draft.numbered({{"They are identified by SHA-256. The log is ", {}},
                    {oneLine(facts.origin), {.mono = true}},
                    {fmt::format(", {} at the time of the copy, root ",
                                 counted(facts.treeSize, "entry", "entries")),
                     {}},
                    {facts.root, {.mono = true}},
                    {".", {}}});
    document.blocks.emplace_back(itemsOf(facts));
    draft.heading("Notice");
    draft.numbered(plain("Reasonable written notice of the intent to offer the records, and the "
                         "records with this certification for inspection, were given to:"));
    draft.lines({"To whom", "When and how"});
    draft.heading("Declaration");
    draft.numbered(
        plain("I declare under penalty of perjury under the laws of the United States of "
              "America that the foregoing is true and correct."));
    draft.lines({"Executed on (date)", "Signature"});
    return document;
}

} // namespace exhibit::report
