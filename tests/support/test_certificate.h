// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tests/support/process.h"
#include "tests/support/temp_dir.h"

namespace exhibit::test {

/// A self-signed certificate for `names` ("DNS:localhost,IP:127.0.0.1") in cert.pem and key.pem of
/// the folder; false when openssl could not make it.
[[nodiscard]] inline bool makeCertificate(const TempDir& folder,
                                          const std::string& names,
                                          Deadline deadline)
{
    const auto made = run("openssl",
                          {.arguments = {"req",
                                         "-x509",
                                         "-newkey",
                                         "rsa:2048",
                                         "-nodes",
                                         "-days",
                                         "2",
                                         "-subj",
                                         "/CN=server",
                                         "-addext",
                                         "subjectAltName=" + names,
                                         "-keyout",
                                         folder.file("key.pem"),
                                         "-out",
                                         folder.file("cert.pem")},
                           .standardErrorFile = folder.file("log")},
                          deadline);
    return made && made->exitCode == 0;
}

} // namespace exhibit::test
