// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tests/gui/filled_incidents.h"
#include "tests/support/exhibitd_process.h"
#include "tests/support/temp_dir.h"
#include "tests/support/test_postgres.h"

#include <QFile>
#include <QTemporaryDir>

#include <memory>
#include <optional>

namespace exhibit::test {

/// A real exhibitd on a real PostgreSQL, with as many incidents as asked for.
class ManyIncidents {
public:
    explicit ManyIncidents(int count)
        : m_postgres(must(TestPostgres::create(m_database.path())))
        , m_server(must(Exhibitd::start(
              {.dataDir = m_data.path(), .arguments = {"--database-url", m_postgres->url()}})))
    {
        add(count);
        (void)must(m_postgres->query("ANALYZE exhibit.incident_search"));
    }

    void add(int count)
    {
        const auto tenants = must(m_postgres->query("SELECT tenant_id FROM exhibit.tenants"));
        (void)must(m_postgres->query(kFillIncidents, {count, TenantId{tenants.uuid(0, 0)}.text()}));
    }
    [[nodiscard]] QString url() const { return QString::fromStdString(m_server.url()); }
    [[nodiscard]] Secret key() const { return m_server.adminKey(); }
    /// Of a file with it.
    [[nodiscard]] QString keyFile() const
    {
        QFile file(m_keys.filePath(QStringLiteral("key")));
        const auto text = key();
        if (!file.open(QIODevice::WriteOnly)
            || file.write(text.expose().data(), static_cast<qint64>(text.expose().size())) < 0) {
            qFatal("%s cannot be written", qPrintable(file.fileName()));
        }
        return file.fileName();
    }

private:
    template <class T>
    static T must(Result<T> result)
    {
        if (!result) {
            qFatal("%s", result.error().message.c_str());
        }
        return *std::move(result);
    }

    TempDir m_database;
    TempDir m_data;
    QTemporaryDir m_keys;
    std::unique_ptr<TestPostgres> m_postgres;
    Exhibitd m_server;
};

} // namespace exhibit::test
