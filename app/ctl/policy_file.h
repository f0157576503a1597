// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/json.h"

#include <istream>
#include <string>

namespace exhibit::ctl {

/// What people wrote into a file as JSON. Errors are InvalidInput or TooLarge with `name` as
/// subject.
[[nodiscard]] Result<Json> readJsonFile(std::istream& stream, const std::string& name);
/// The same of a file, or of standard input for "-".
[[nodiscard]] Result<Json> openJsonFile(const std::string& path);

/// A file of policies: one document, an array of them, or {"policies": [...]}.
struct PolicyFile {
    Json document; ///< As POST /api/v1/policies takes it.
    bool wasArray = false;

    /// The place in the file that a JSON pointer into `document` means.
    [[nodiscard]] std::string pointerInFile(const std::string& pointer) const;
};

/// Errors are InvalidInput or TooLarge with `name` as subject.
[[nodiscard]] Result<PolicyFile> readPolicyFile(std::istream& stream, const std::string& name);
/// The same of a file, or of standard input for "-".
[[nodiscard]] Result<PolicyFile> openPolicyFile(const std::string& path);

} // namespace exhibit::ctl
