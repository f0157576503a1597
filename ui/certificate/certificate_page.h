// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/certificate/evidence_list.h"
#include "ui/windows/pane_registry.h"

#include <QWidget>

class QLabel;
class QStackedWidget;
class QTreeView;

namespace exhibit::ui {

class CertificateView;
class EmptyState;
class EntriesView;
class MessageBar;
class PackModel;

/// The workspace where packs and certificates are opened and verified, without a server: contents
/// at the left, the five answers in the middle, entries and what is withheld at the right.
class CertificatePage : public QWidget {
    Q_OBJECT

public:
    CertificatePage(const Services& services, QWidget* parent);

    /// Opens and shows them; the last one is selected. What was not opened is said.
    void openFiles(const QStringList& paths);
    [[nodiscard]] const EvidenceList& files() const { return *m_files; }
    [[nodiscard]] TrustStore& trust() { return *m_trust; }
    [[nodiscard]] MessageBar& bar() { return *m_bar; }
    [[nodiscard]] CertificateView& certificate() const { return *m_certificate; }

protected:
    void showEvent(QShowEvent* event) override;

private:
    QWidget* contentsPart();
    void handleActions();
    void askForFiles();
    void askForAuthority();
    void openPasted();
    void offerRecent();
    void changed(qsizetype index);
    void select(qsizetype index);
    void showSelected();
    void saySkipped(const EvidenceList::Opened& opened);
    void showVerified(const EvidenceFile& file);

    Services m_services;
    TrustStore* m_trust;
    EvidenceList* m_files;
    MessageBar* m_bar;
    PackModel* m_contents;
    QTreeView* m_tree = nullptr;
    QLabel* m_custody = nullptr;
    QStackedWidget* m_middle;
    EmptyState* m_empty;
    EmptyState* m_waiting; ///< While the selected file has no verdict: never another one's.
    CertificateView* m_certificate;
    EntriesView* m_entries;
    QLabel* m_note; ///< When it was verified, and how long that took.
    qsizetype m_selected = -1;
};

} // namespace exhibit::ui
