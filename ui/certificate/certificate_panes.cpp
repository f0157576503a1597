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
                           },
                           [](const QWidget& page) {
                               QStringList files;
                               const auto& opened
                                   = qobject_cast<const CertificatePage*>(&page)->files();
                               for (const auto& file : opened.files()) {
                                   files << file.path;
                               }
                               return files;
                           }});
}

} // namespace exhibit::ui
