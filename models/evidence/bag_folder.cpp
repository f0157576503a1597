// SPDX-License-Identifier: Apache-2.0
#include "models/base/limits.h"
#include "models/evidence/bag.h"

#include <openssl/evp.h>

#include <algorithm>
#include <fstream>
#include <iterator>

namespace exhibit::evidence {
namespace {

namespace fs = std::filesystem;

class FolderFiles final : public BagFiles {
public:
    explicit FolderFiles(fs::path folder)
        : m_folder(std::move(folder))
    {
    }

    Result<void> list()
    {
        std::error_code error;
        for (auto it = fs::recursive_directory_iterator(m_folder, error);
             !error && it != fs::recursive_directory_iterator();
             it.increment(error)) {
            const auto name = fs::relative(it->path(), m_folder).generic_string();
            const auto kind = it->symlink_status().type();
            if (kind == fs::file_type::directory
                && static_cast<std::size_t>(it.depth()) < limits::kBagDepthMax) {
                continue;
            }
            if (kind != fs::file_type::regular || m_names.size() == limits::kPackFilesMax) {
                return fail(ErrorCode::InvalidInput,
                            "a bag holds ordinary files alone, not too many or too deep",
                            name);
            }
            m_names.push_back(name);
        }
        if (error) {
            return fail(ErrorCode::InvalidInput, "the folder cannot be read: " + error.message());
        }
        std::sort(m_names.begin(), m_names.end());
        return {};
    }

    const std::vector<std::string>& names() const override { return m_names; }

    std::uint64_t size(const std::string& name) const override
    {
        std::error_code error;
        const auto bytes = fs::file_size(m_folder / name, error);
        return error ? 0 : bytes;
    }

    Result<Bytes> read(const std::string& name) const override
    {
        if (!std::binary_search(m_names.begin(), m_names.end(), name)) {
            return fail(ErrorCode::NotFound, "there is no such file", name);
        }
        if (size(name) > limits::kBagTagFileBytesMax) {
            return fail(ErrorCode::TooLarge, "the tag file is too large", name);
        }
        std::ifstream stream(m_folder / name, std::ios::binary);
        Bytes bytes{std::istreambuf_iterator<char>(stream), {}};
        if (!stream) {
            return fail(ErrorCode::InvalidInput, "the file cannot be read", name);
        }
        return bytes;
    }

    Result<std::string> digest(const std::string& name, const std::string& algorithm) const override
    {
        const EVP_MD* const kind = EVP_get_digestbyname(algorithm.c_str());
        if (kind == nullptr) {
            return fail(ErrorCode::InvalidInput, "no digest called " + algorithm, name);
        }
        const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(),
                                                                              &EVP_MD_CTX_free);
        EVP_DigestInit_ex(context.get(), kind, nullptr);
        std::ifstream stream(m_folder / name, std::ios::binary);
        Bytes buffer(1024 * 1024, '\0');
        while (stream) {
            stream.read(buffer.data(), static_cast<std::streamsize>(buffer.size()));
            EVP_DigestUpdate(
                context.get(), buffer.data(), static_cast<std::size_t>(stream.gcount()));
        }
        if (!stream.eof()) {
            return fail(ErrorCode::InvalidInput, "the file cannot be read", name);
        }
        Bytes raw(EVP_MAX_MD_SIZE, '\0');
        unsigned size = 0;
        EVP_DigestFinal_ex(context.get(), reinterpret_cast<unsigned char*>(raw.data()), &size);
        return toHex(BytesView(raw).substr(0, size));
    }

private:
    fs::path m_folder;
    std::vector<std::string> m_names;
};

} // namespace

Result<std::unique_ptr<BagFiles>> openBagFolder(const std::filesystem::path& folder)
{
    auto files = std::make_unique<FolderFiles>(folder);
    EXHIBIT_CHECK(files->list());
    return files;
}

} // namespace exhibit::evidence
