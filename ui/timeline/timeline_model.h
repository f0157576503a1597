// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/domain/incident_source.h"

#include <QAbstractListModel>

#include <memory>

namespace exhibit::ui {

enum TimelineRole : int {
    kEventRole = Qt::UserRole + 1, ///< quint32: index into the reply's events.
    kIsRootCauseRole,
    kIsInflectionRole,
};

/// The events of a run as a list: cards for those who look, the twin of the painted timeline for
/// those who listen.
class TimelineModel : public QAbstractListModel {
    Q_OBJECT

public:
    using QAbstractListModel::QAbstractListModel;

    void setReply(std::shared_ptr<const domain::TimelineReply> reply,
                  const std::optional<domain::RootCause>& cause);
    [[nodiscard]] const domain::TimelineReply* reply() const { return m_reply.get(); }
    [[nodiscard]] const domain::TimelineEvent& event(int row) const;
    [[nodiscard]] int rowOf(std::size_t event) const;

    int rowCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;

private:
    std::shared_ptr<const domain::TimelineReply> m_reply;
    std::vector<std::uint32_t> m_rows; ///< Events without the finding itself.
    std::optional<std::int64_t> m_causingStep;
};

} // namespace exhibit::ui
