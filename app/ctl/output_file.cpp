// SPDX-License-Identifier: Apache-2.0
#include "app/ctl/output_file.h"

#include "app/ctl/failure_report.h"
#include "models/base/sha256.h"

#include <fstream>

namespace exhibit::ctl {

int writeOutput(Session& session, const Bytes& bytes, const std::string& path)
{
    std::ofstream file(path, std::ios::binary);
    file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    file.close();
    if (!file) {
        return report(Error{ErrorCode::Unavailable, "The file cannot be written.", path},
                      session.json());
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
