// SPDX-License-Identifier: Apache-2.0
#include "server/signer/heads_file.h"

#include "models/base/limits.h"
#include "models/evidence/checkpoint.h"

#include <fmt/format.h>
#include <zlib.h>

#include <fstream>
#include <sstream>

#include <fcntl.h>
#include <unistd.h>

namespace exhibit::signer {
namespace {

std::string withCrc(const std::string& line)
{
    const auto crc = crc32_z(0, reinterpret_cast<const Bytef*>(line.data()), line.size());
    return fmt::format("{:08x} {}\n", crc, line);
}

std::string lineOf(const std::string& origin, const evidence::TreeHead& head)
{
    return withCrc(fmt::format("{} {} {}", head.size, toHex(asView(head.root)), origin));
}

/// False when it is damaged.
bool readLine(const std::string& line, std::map<std::string, evidence::TreeHead>& heads)
{
    std::istringstream words(line);
    std::string crc;
    std::string size;
    std::string root;
    std::string origin;
    words >> crc >> size >> root >> origin;
    const auto number = evidence::parseTreeNumber(size);
    const auto bytes = fromHex(root);
    if (!number || !bytes || bytes->size() != 32
        || withCrc(fmt::format("{} {} {}", size, root, origin)) != line + "\n") {
        return false;
    }
    evidence::TreeHead head{*number, {}};
    std::copy(bytes->begin(), bytes->end(), head.root.begin());
    auto& last = heads[origin];
    if (head.size >= last.size) {
        last = head;
    }
    return true;
}

/// A line that was cut off by a full disk or a crash has no end of its own: it was never signed.
/// Any other that cannot be read is a head that would be forgotten.
Result<void> readHeads(const std::filesystem::path& file,
                       std::map<std::string, evidence::TreeHead>& heads)
{
    std::error_code error;
    if (!std::filesystem::exists(file, error) && !error) {
        return {};
    }
    std::ifstream stream(file);
    bool cutOff = false;
    for (std::string line; stream && std::getline(stream, line);) {
        const bool damaged = !line.empty() && !readLine(line, heads);
        if (cutOff && line.empty()) {
            break; // It had an end.
        }
        cutOff = damaged;
        if (stream.eof()) {
            return {};
        }
    }
    if (!stream.eof() || cutOff) {
        return fail(ErrorCode::Corrupt,
                    "the signer's memory of the heads it has signed cannot be read; restore the "
                    "file, or begin a new epoch without it",
                    file.string());
    }
    return {};
}

Result<void> writeAll(int descriptor, const std::string& text, const std::filesystem::path& file)
{
    if (::write(descriptor, text.data(), text.size()) != static_cast<ssize_t>(text.size())
        || ::fdatasync(descriptor) != 0) {
        return spool::systemError("the signer cannot write its heads", file);
    }
    return {};
}

} // namespace

Result<HeadsFile> HeadsFile::open(const std::filesystem::path& file)
{
    HeadsFile heads;
    EXHIBIT_CHECK(readHeads(file, heads.m_heads));
    std::string text;
    for (const auto& [origin, head] : heads.m_heads) {
        text += '\n' + lineOf(origin, head);
    }
    const auto fresh = std::filesystem::path(file) += ".new";
    heads.m_file = spool::FileDescriptor(
        ::open(fresh.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0600));
    if (heads.m_file.get() < 0) {
        return spool::systemError("the signer cannot make its heads file", fresh);
    }
    EXHIBIT_CHECK(writeAll(heads.m_file.get(), text, fresh));
    if (::rename(fresh.c_str(), file.c_str()) != 0) {
        return spool::systemError("the signer cannot replace its heads file", file);
    }
    EXHIBIT_CHECK(spool::syncFolder(file.parent_path()));
    return heads;
}

const evidence::TreeHead* HeadsFile::find(const std::string& origin) const
{
    const auto found = m_heads.find(origin);
    return found == m_heads.end() ? nullptr : &found->second;
}

Result<void> HeadsFile::remember(const std::string& origin, const evidence::TreeHead& head)
{
    if (!m_heads.contains(origin) && m_heads.size() == limits::kSignerLogsMax) {
        return fail(ErrorCode::TooLarge, "the signer remembers as many logs as it may");
    }
    // A line of its own also behind one that a full disk cut off.
    EXHIBIT_CHECK(writeAll(m_file.get(), '\n' + lineOf(origin, head), "heads"));
    m_heads[origin] = head;
    return {};
}

} // namespace exhibit::signer
