// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/sha256.h"
#include "models/report/document.h"

namespace exhibit::report {

/// What a qualified person would certify.
struct DeclarationFacts {
    std::string tenantName;
    std::string origin;
    std::int64_t treeSize = 0;
    std::string root; ///< Base64.
    UtcTime acquiredAt{};
    std::string acquiredBy; ///< Id of the key, and what it is called.
    struct Item {
        std::string name;
        Digest sha256{};
    };
    std::vector<Item> items;
};

/// A draft certification under FRE 902(13) and 902(14), in the form of 28 U.S.C. 1746: what the
/// record says is filled in, what a person has to know of their own is an empty line. Never signed.
[[nodiscard]] Document draftDeclaration(const DeclarationFacts& facts);

} // namespace exhibit::report
