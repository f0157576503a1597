// SPDX-License-Identifier: Apache-2.0
#include "app/ctl/output_file.h"

#include "app/ctl/failure_report.h"
#include "models/base/sha256.h"

#include <filesystem>

namespace exhibit::ctl {

OutputFile::OutputFile(std::string path)
    : m_path(std::move(path))
{
}

OutputFile::~OutputFile()
{
    if (!m_file.is_open()) {
        return;
    }
    m_file.close();
    std::error_code ignored;
    if (std::filesystem::is_regular_file(m_path, ignored)) {
        std::filesystem::remove(m_path, ignored);
    }
}

Result<void> OutputFile::write(std::string_view bytes)
{
    if (!m_file.is_open()) {
        m_file.open(m_path, std::ios::binary);
    }
    m_file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    return checked();
}

Result<void> OutputFile::close()
{
    EXHIBIT_CHECK(write({})); // Nothing to write makes an empty file.
    m_file.flush();
    EXHIBIT_CHECK(checked());
    m_file.close();
    return checked();
}

Result<void> OutputFile::checked() const
{
    if (!m_file) {
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
