// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/evidence/merkle.h"
#include "server/spool/local_file.h"

#include <map>

namespace exhibit::signer {

/// The last head signed of each log, in the one file that the signer keeps open. Lines are added,
/// each on disk before the head's signature leaves the process:
///
///   line := crc32-hex SP size SP root-hex SP origin LF
///
/// A line that a crash cut is ignored. A smaller or different head is never signed (a rollback, a
/// split view), whatever the database says.
class HeadsFile {
public:
    /// Reads it, and writes it anew with one line per log. Before the process shuts itself in.
    [[nodiscard]] static Result<HeadsFile> open(const std::filesystem::path& file);

    /// nullptr when nothing was signed of that log.
    [[nodiscard]] const evidence::TreeHead* find(const std::string& origin) const;
    /// Returns when it is on disk.
    [[nodiscard]] Result<void> remember(const std::string& origin, const evidence::TreeHead& head);
    [[nodiscard]] const std::map<std::string, evidence::TreeHead>& all() const { return m_heads; }

private:
    std::map<std::string, evidence::TreeHead> m_heads;
    spool::FileDescriptor m_file;
};

} // namespace exhibit::signer
