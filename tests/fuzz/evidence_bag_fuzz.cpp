// SPDX-License-Identifier: Apache-2.0
// Any bytes as each tag file of a bag in turn: checking ends, and manifests survive a round trip.
#include "models/base/assert.h"
#include "models/evidence/bag.h"

#include <map>

namespace {

using namespace exhibit;

class MemoryFiles final : public evidence::BagFiles {
public:
    explicit MemoryFiles(std::map<std::string, Bytes> files)
        : m_files(std::move(files))
    {
        for (const auto& [name, bytes] : m_files) {
            m_names.push_back(name);
        }
    }
    const std::vector<std::string>& names() const override { return m_names; }
    std::uint64_t size(const std::string& name) const override { return m_files.at(name).size(); }
    Result<Bytes> read(const std::string& name) const override
    {
        const auto found = m_files.find(name);
        if (found == m_files.end()) {
            return fail(ErrorCode::NotFound, "no such file");
        }
        return found->second;
    }
    Result<std::string> digest(const std::string& name, const std::string&) const override
    {
        return toHex(m_files.at(name));
    }

private:
    std::map<std::string, Bytes> m_files;
    std::vector<std::string> m_names;
};

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const Bytes text(reinterpret_cast<const char*>(data), size);
    const std::map<std::string, Bytes> bag{
        {"bagit.txt", "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"},
        {"data/a", "a"},
        {"manifest-sha256.txt", "61  data/a\n"}};
    for (const auto* name :
         {"bagit.txt", "manifest-sha256.txt", "bag-info.txt", "fetch.txt", "tagmanifest-md5.txt"}) {
        auto files = bag;
        files[name] = text;
        if (const auto report = evidence::checkBag(MemoryFiles(std::move(files)))) {
            EXHIBIT_ASSERT(report->failures.size() <= 100);
        }
    }
    if (const auto lines = evidence::parseManifest(text, false)) {
        EXHIBIT_ASSERT(evidence::parseManifest(evidence::writeManifest(*lines), false).has_value());
    }
    return 0;
}
