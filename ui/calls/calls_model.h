// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/itemmodels/incident_columns.h"

#include <QAbstractTableModel>

#include <span>

namespace exhibit::ui {

/// One row of the table serves header, cells and accessibility.
struct CallColumn {
    const char* id;
    const char* header; ///< Translated at use, context "Calls".
    int width; ///< At 96 dpi; 0 stretches.
    CellKind kind;
    QString (*text)(const domain::FoundCall& call);
    /// What can be filtered by there; nullptr: nothing.
    FilterValues (*values)(const domain::FoundCall& call) = nullptr;
    /// The whole value, to be copied; nullptr: the text.
    QString (*copied)(const domain::FoundCall& call) = nullptr;
    bool visible = true;
};

[[nodiscard]] std::span<const CallColumn> callColumns();
/// The worst that a policy did to the call; None where no policy judged it, or nobody says so.
[[nodiscard]] Mark markOf(const domain::FoundCall& call);
/// The word beside it: "not judged" where that is known.
[[nodiscard]] QString resultText(const domain::FoundCall& call);

/// Calls that were found, page after page as one scrolls on: their search has cursors and no far
/// jumps.
class CallsModel : public QAbstractTableModel {
    Q_OBJECT

public:
    explicit CallsModel(QObject* parent);

    /// Asks for pages; nullptr when offline. A question that is open is dropped.
    void setSource(domain::IncidentSource* source);
    /// The rows go when the answer comes, and are stale until then; what is open is dropped.
    void search(domain::CallSearchRequest request);
    /// The rows stay as they are.
    void cancel();
    [[nodiscard]] bool isCancelled() const { return m_isCancelled; }
    /// Of the rows: another query is asked, or about to be.
    void setStale();
    [[nodiscard]] bool isStale() const { return m_isStale; }
    [[nodiscard]] bool isWorking() const { return m_question != nullptr; }
    [[nodiscard]] const std::optional<domain::SourceFailure>& failure() const { return m_failure; }
    [[nodiscard]] qint64 total() const { return m_total; }
    [[nodiscard]] bool isEstimate() const { return m_isEstimate; }
    [[nodiscard]] UtcTime asOf() const { return m_asOf; }
    /// What the rows that are shown were asked with, without pages; empty before the first answer.
    [[nodiscard]] const std::optional<domain::CallSearchRequest>& shown() const { return m_shown; }
    [[nodiscard]] const domain::FoundCall& call(int row) const;

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;
    bool canFetchMore(const QModelIndex& parent) const override;
    void fetchMore(const QModelIndex& parent) override;

Q_SIGNALS:
    /// Asked, answered or failed.
    void stateChanged();

private:
    void ask(bool first);
    void show(domain::CallSearchReply reply, bool first);
    void markStale(bool stale);

    domain::IncidentSource* m_source = nullptr;
    domain::CallSearchRequest m_request;
    std::optional<domain::CallSearchRequest> m_shown;
    std::vector<domain::FoundCall> m_calls;
    std::optional<std::string> m_next;
    std::optional<domain::SourceFailure> m_failure;
    qint64 m_total = 0;
    bool m_isEstimate = false;
    UtcTime m_asOf{};
    bool m_isStale = false;
    bool m_isCancelled = false;
    domain::Question m_question;
};

} // namespace exhibit::ui
