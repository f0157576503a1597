// SPDX-License-Identifier: Apache-2.0
#include "models/evidence/container_check.h"

namespace exhibit::evidence {

void checkContainer(const ZipArchive& archive, VerificationReport& report)
{
    switch (archive.headers()) {
    case ZipHeaders::AsWritten:
        report.passed("container",
                      "",
                      "a ZIP file of the strict profile, each byte of its headers as Exhibit "
                      "writes it: one reading of its bytes");
        return;
    case ZipHeaders::OfAnother:
        report.passed(
            "container", "", "a ZIP file of the strict profile: one reading of its bytes");
        report.notChecked("container",
                          "headers",
                          "packed again by another program than Exhibit: the archive is not the "
                          "file that was exported, and its dates and attributes are nobody's word; "
                          "the files in it are checked");
        return;
    case ZipHeaders::Mixed:
        break;
    }
    const auto* const changed = archive.changedHeader();
    report.failed("container",
                  changed == nullptr ? "end of the archive" : changed->name,
                  "the archive has bytes in its headers that no program wrote with the others: "
                  "they were changed");
}

} // namespace exhibit::evidence
