// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/ctl/session.h"

#include <fstream>

namespace exhibit::ctl {

/// A file that a command writes. It is opened with the first write, so that a command that is
/// refused before leaves what was there; a part of a file is removed again (of regular files:
/// never a device). Errors are Unavailable with the path as subject.
class OutputFile {
public:
    explicit OutputFile(std::string path);
    ~OutputFile();
    OutputFile(const OutputFile&) = delete;
    OutputFile& operator=(const OutputFile&) = delete;

    [[nodiscard]] Result<void> write(std::string_view bytes);
    /// The file is whole.
    [[nodiscard]] Result<void> close();

private:
    [[nodiscard]] Result<void> checked() const;

    std::string m_path;
    std::ofstream m_file;
};

/// A whole file at once.
[[nodiscard]] Result<void> writeFile(const std::string& path, std::string_view bytes);

/// Writes what was exported and prints its size and SHA-256. The exit code.
[[nodiscard]] int writeOutput(Session& session, const Bytes& bytes, const std::string& file);

} // namespace exhibit::ctl
