// SPDX-License-Identifier: Apache-2.0
#include "models/report/dat_fields.h"

#include "models/report/bates.h"

#include <algorithm>

namespace exhibit::report {

std::string backslashes(std::string path)
{
    std::replace(path.begin(), path.end(), '/', '\\');
    return path;
}

std::vector<std::pair<std::string_view, std::string>> datFields(const LegalDiscoveryBundle& bundle,
                                                                const ProducedDocument& document)
{
    const auto text
        = [&bundle](const std::string& recorded) { return datText(recorded, bundle.encoding); };
    const bool sent
        = !document.to.empty() && (document.docType == "input" || document.docType == "output");
    const std::string date = document.dateCreated ? formatTime(*document.dateCreated) : "";
    const auto& name = document.fileName;
    return {{"BEGBATES", document.begBates},
            {"ENDBATES", document.endBates},
            {"BEGATTACH", batesText(bundle.batesPrefix, bundle.batesFirst)}, // One family.
            {"ENDATTACH", batesText(bundle.batesPrefix, bundle.batesLast)},
            {"CUSTODIAN", text(document.custodian)},
            {"DOCTYPE", document.docType},
            {"FILENAME", name},
            {"FILEEXT", name.empty() ? "" : name.substr(name.rfind('.') + 1)},
            {"FILESIZE", std::to_string(document.fileSize)},
            {"DATECREATED", date},
            {"DATESENT", sent ? date : ""},
            {"FROM", text(document.from)},
            {"TO", text(document.to)},
            {"SUBJECT", text(document.subject)},
            {"SHA256HASH", toHex(asView(document.sha256))},
            {"NATIVEPATH", backslashes(document.nativePath.value_or(""))},
            {"TEXTPATH", backslashes(document.textPath)},
            {"PAGECOUNT", std::to_string(document.pageCount)},
            {"CONFIDENTIALITY", text(bundle.confidentiality)},
            {"REDACTED", document.treatment == Treatment::Produced ? "N" : "Y"},
            {"EXH_SEQ", document.entrySeq ? std::to_string(*document.entrySeq) : ""},
            {"EXH_ENTRYHASH", document.entryHash ? toHex(asView(*document.entryHash)) : ""},
            {"EXH_ROOT", bundle.root},
            {"EXH_PROOF", backslashes(document.proofPath.value_or(""))}};
}

bool isExactDatField(std::string_view name)
{
    constexpr std::string_view kExact[] = {"BEGBATES",
                                           "ENDBATES",
                                           "BEGATTACH",
                                           "ENDATTACH",
                                           "FILESIZE",
                                           "SHA256HASH",
                                           "NATIVEPATH",
                                           "TEXTPATH",
                                           "PAGECOUNT",
                                           "REDACTED",
                                           "EXH_SEQ",
                                           "EXH_ENTRYHASH",
                                           "EXH_ROOT",
                                           "EXH_PROOF"};
    return std::find(std::begin(kExact), std::end(kExact), name) != std::end(kExact);
}

} // namespace exhibit::report
