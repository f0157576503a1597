// SPDX-License-Identifier: Apache-2.0
// The logs that took over from others: data/logs.
#include "models/evidence/log_opening.h"
#include "models/evidence/pack_checks.h"

#include <set>

namespace exhibit::evidence {
namespace {

constexpr std::size_t kLogsMax = 1000;

/// "data/logs/<epoch>/" of a file somewhere below it; empty when it is in no such folder.
std::string folderOf(const std::string& name)
{
    const auto end = name.find('/', kLogsFolder.size());
    return end == name.npos ? std::string() : name.substr(0, end + 1);
}

} // namespace

void PackChecks::checkOpenings()
{
    std::set<std::string> folders;
    for (const auto& name : m_pack.under(kLogsFolder)) {
        folders.insert(folderOf(name));
    }
    if (folders.size() > kLogsMax) {
        m_report.failed("consistency", std::string(kLogsFolder), "more logs than a pack may name");
        return;
    }
    HeadsByLog heads;
    for (const auto& [size, root] : m_heads) {
        heads.emplace(std::pair(m_report.origin, size), root);
    }
    OpeningChecks checks(m_anchors, m_enclosedLogKeys, heads, m_report);
    for (const auto& folder : folders) {
        LogOpening opening;
        const auto entry = m_pack.content(folder + std::string(kOpeningFile));
        const auto proof = m_pack.content(folder + std::string(kOpeningProof));
        if (folder.empty() || !entry || !proof || proof->view().size() > limits::kNoteBytesMax) {
            m_report.failed("consistency",
                            folder.empty() ? std::string(kLogsFolder) : folder,
                            "incomplete: no first entry of a log with its proof");
            continue;
        }
        opening.entry = Bytes(entry->view());
        opening.proof = std::string(proof->view());
        for (const auto& name : m_pack.under(folder + "fields/")) {
            if (const auto field = m_pack.content(name)) {
                opening.fields.emplace_back(field->view());
            }
        }
        checks.check(opening, folder + std::string(kOpeningFile));
    }
}

} // namespace exhibit::evidence
