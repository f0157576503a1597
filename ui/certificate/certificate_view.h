// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/certificate/evidence_list.h"

#include <QScrollArea>

#include <array>

class QGridLayout;
class QLabel;

namespace exhibit::ui {

class AnswerRow;

/// What a file is worth: the summary first, then the five answers, hashes below, and how somebody
/// checks it without this program.
class CertificateView : public QScrollArea {
    Q_OBJECT

public:
    explicit CertificateView(QWidget* parent);
    void show(const EvidenceFile& file);
    /// The summary and the five answers as text, for mails and notes.
    [[nodiscard]] QString summary() const;
    [[nodiscard]] const AnswerRow& answer(evidence::Answer which) const;
    [[nodiscard]] QString headline() const;
    [[nodiscard]] QString about() const; ///< What lies in it, in numbers.
    [[nodiscard]] QString commands() const; ///< To check it without this program.

private:
    QWidget* head(QWidget* parent);
    void showDigests(const EvidenceFile& file);

    QWidget* m_edge = nullptr; ///< Beside the headline; red when a check failed.
    QWidget* m_mark = nullptr;
    QLabel* m_headline = nullptr;
    QLabel* m_about = nullptr;
    QLabel* m_time = nullptr;
    std::array<AnswerRow*, 5> m_answers{};
    QGridLayout* m_digests = nullptr;
    QLabel* m_commands = nullptr;
};

} // namespace exhibit::ui
