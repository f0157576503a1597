// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/json_fields.h"
#include "models/base/strong_id.h"
#include "models/report/document.h"
#include "models/report/pack_facts.h"

namespace exhibit::report {

inline constexpr std::string_view kDeclarationSchema = "exhibit/fre-902/v1";

struct DeclarationItem {
    std::string name;
    Digest sha256{};
};
/// What a qualified person would certify (resources/schemas/fre_902.v1.json): attached to the
/// pages, which are drawn from it and from nothing else.
struct DeclarationFacts {
    std::string schema = std::string(kDeclarationSchema);
    std::string type = "fre_902";
    std::string system; ///< With its version.
    std::string tenantName;
    std::string origin;
    std::int64_t treeSize = 0;
    std::string root; ///< Base64.
    UtcTime acquiredAt{};
    std::string acquiredBy; ///< Id of the key, and what it is called.
    std::vector<DeclarationItem> items;
};

/// A draft certification under FRE 902(13) and 902(14), in the form of 28 U.S.C. 1746: what the
/// record says is filled in, what a person has to know of their own is an empty line. Never signed.
[[nodiscard]] Document draftDeclaration(const DeclarationFacts& facts);
/// This release.
[[nodiscard]] std::string declaredSystem();
/// What an export declares of the pack that is attached to it, and nothing else.
[[nodiscard]] DeclarationFacts declarationOf(const PackFacts& pack);

template <class V>
void visitFields(V& visit, Of<V, DeclarationItem>& item)
{
    visit("name", item.name);
    visit("sha256", item.sha256);
}
template <class V>
void visitFields(V& visit, Of<V, DeclarationFacts>& facts)
{
    visit("schema", facts.schema);
    visit("type", facts.type);
    visit("system", facts.system);
    visit("tenant_name", facts.tenantName);
    visit("log_origin", facts.origin);
    visit("tree_size", facts.treeSize);
    visit("root", facts.root);
    visit("acquired_at", facts.acquiredAt);
    visit("acquired_by", facts.acquiredBy);
    visit("items", facts.items);
}

} // namespace exhibit::report
