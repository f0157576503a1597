// SPDX-License-Identifier: Apache-2.0
#include "server/storage/project_store.h"

namespace exhibit::storage {
namespace {

Result<domain::Project> projectOf(const Rows& rows, std::size_t row, TenantId tenant)
{
    domain::Project project;
    project.tenantId = tenant;
    project.projectId = ProjectId{rows.uuid(row, 0)};
    project.slug = rows.text(row, 1);
    EXHIBIT_TRY(project.stopStyle, parseEnum<domain::StopStyle>(rows.text(row, 2)));
    return project;
}

} // namespace

Result<std::vector<domain::Project>> ProjectStore::list(TenantId tenant, Deadline deadline)
{
    EXHIBIT_TRY(const Rows rows, m_database.read(tenant, deadline, [&](Transaction& transaction) {
        return transaction.query("SELECT project_id, slug, stop_style FROM projects"
                                 " WHERE tenant_id = $1 ORDER BY slug",
                                 {tenant});
    }));
    std::vector<domain::Project> projects;
    for (std::size_t row = 0; row < rows.size(); ++row) {
        EXHIBIT_TRY(auto project, projectOf(rows, row, tenant));
        projects.push_back(std::move(project));
    }
    return projects;
}

Result<domain::Project> ProjectStore::setStopStyle(TenantId tenant,
                                                   const std::string& slug,
                                                   domain::StopStyle style,
                                                   const Actor& actor,
                                                   LedgerAppender& ledger,
                                                   Deadline deadline)
{
    return m_database.write(
        tenant, deadline, [&](Transaction& transaction) -> Result<domain::Project> {
            EXHIBIT_TRY(const Rows rows,
                        transaction.query("UPDATE projects SET stop_style = $3"
                                          " WHERE tenant_id = $1 AND slug = $2"
                                          " RETURNING project_id, slug, stop_style",
                                          {tenant, slug, wireName(style)}));
            if (rows.size() == 0) {
                return fail(ErrorCode::NotFound, "there is no such project", "id");
            }
            EXHIBIT_TRY(auto project, projectOf(rows, 0, tenant));
            EXHIBIT_CHECK(
                recordAction(transaction,
                             ledger,
                             actor,
                             {"project.changed", project.projectId.text(), toJson(project), {}}));
            return project;
        });
}

} // namespace exhibit::storage
