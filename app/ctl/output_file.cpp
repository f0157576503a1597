// SPDX-License-Identifier: Apache-2.0
#include "app/ctl/output_file.h"

#include "app/ctl/failure_report.h"
#include "models/base/sha256.h"

#include <filesystem>

namespace exhibit::ctl {

namespace fs = std::filesystem;

OutputFile::OutputFile(std::string path)
    : m_path(std::move(path))
{
}

OutputFile::~OutputFile()
{
    if (!m_part.empty()) {
        m_file.close();
        std::error_code ignored;
        fs::remove(m_part, ignored);
    }
}

void OutputFile::open()
{
    std::error_code error;
    const auto there = fs::symlink_status(m_path, error);
    if (there.type() == fs::file_type::not_found || there.type() == fs::file_type::regular) {
        m_part = m_path + ".part";
    }
    m_file.open(m_part.empty() ? m_path : m_part, std::ios::binary);
    if (there.type() == fs::file_type::regular) {
        fs::permissions(m_part, there.permissions(), error);
    }
}

Result<void> OutputFile::write(std::string_view bytes)
{
    if (!m_file.is_open()) {
        open();
    }
    m_file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    return checked(m_file.good());
}

Result<void> OutputFile::close()
{
    EXHIBIT_CHECK(write({})); // Nothing to write makes an empty file.
    m_file.close();
    EXHIBIT_CHECK(checked(m_file.good()));
    std::error_code error;
    if (!m_part.empty()) {
        fs::rename(m_part, m_path, error);
    }
    EXHIBIT_CHECK(checked(!error));
    m_part.clear();
    return {};
}

Result<void> OutputFile::checked(bool good) const
{
    if (!good) {
        return fail(ErrorCode::Unavailable, "The file cannot be written.", m_path);
    }
    return {};
}

Result<void> writeFile(const std::string& path, std::string_view bytes)
{
    OutputFile file(path);
    EXHIBIT_CHECK(file.write(bytes));
    return file.close();
}

int writeOutput(Session& session, const Bytes& bytes, const std::string& path)
{
    if (const auto written = writeFile(path, bytes); !written) {
        return report(written.error(), session.json());
    }
    const std::string digest = toHex(asView(sha256(bytes)));
    if (session.json()) {
        session.printJsonLine(
            JsonObject{{"file", path}, {"bytes", bytes.size()}, {"sha256", digest}});
    } else {
        session.out().stream << path << ": " << bytes.size() << " bytes, SHA-256 " << digest
                             << "\n";
    }
    return kDone;
}

} // namespace exhibit::ctl
