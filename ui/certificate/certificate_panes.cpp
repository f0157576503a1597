// SPDX-License-Identifier: Apache-2.0
#include "ui/certificate/certificate_panes.h"

#include "ui/certificate/certificate_page.h"

namespace exhibit::ui {

void registerCertificatePage(PaneRegistry& registry)
{
    registry.add(Workspace{"certificate",
                           QT_TRANSLATE_NOOP("Panes", "Certificate"),
                           Icon::Shield,
                           {},
                           [](const Services& services, QWidget* parent) -> QWidget* {
                               return new CertificatePage(services, parent);
                           },
                           [](QWidget* page, const QStringList& files) {
                               qobject_cast<CertificatePage*>(page)->openFiles(files);
                           }});
}

} // namespace exhibit::ui
