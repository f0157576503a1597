// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/ctl/session.h"

#include <fstream>

namespace exhibit::ctl {

/// A file that a command writes: under its name when it is whole, before that as NAME.part, so that
/// a refusal, an interrupted answer or a full disk leaves what was there. Devices, pipes and links
/// are written as they are. Errors are Unavailable with the path as subject.
class OutputFile {
public:
    explicit OutputFile(std::string path);
    ~OutputFile();
    OutputFile(const OutputFile&) = delete;
    OutputFile& operator=(const OutputFile&) = delete;

    [[nodiscard]] Result<void> write(std::string_view bytes);
    /// The file is whole; nothing can be written after it.
    [[nodiscard]] Result<void> close();

private:
    void open();
    [[nodiscard]] Result<void> checked(bool good) const;

    std::string m_path;
    std::string m_part; ///< Empty: written where it is.
    std::ofstream m_file;
};

/// A whole file at once.
[[nodiscard]] Result<void> writeFile(const std::string& path, std::string_view bytes);

/// Writes what was exported and prints its size and SHA-256. The exit code.
[[nodiscard]] int writeOutput(Session& session, const Bytes& bytes, const std::string& file);

} // namespace exhibit::ctl
