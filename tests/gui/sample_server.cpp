// SPDX-License-Identifier: Apache-2.0
#include "tests/gui/sample_server.h"

#include <QDeadlineTimer>
#include <QFile>
#include <QJsonDocument>
#include <QJsonObject>

namespace exhibit::test {
namespace {

constexpr int kPatienceMs = 150'000;

} // namespace

bool SampleServer::start()
{
    m_process.setProcessChannelMode(QProcess::ForwardedErrorChannel);
    m_process.start(qEnvironmentVariable("EXHIBIT_BIN_DIR") + QStringLiteral("/exhibit-demo"),
                    {QStringLiteral("--stay")});
    const QDeadlineTimer deadline(kPatienceMs);
    while (m_url.isEmpty() && !deadline.hasExpired() && m_process.state() != QProcess::NotRunning) {
        m_process.waitForReadyRead(1000);
        while (m_process.canReadLine()) {
            const QJsonObject line = QJsonDocument::fromJson(m_process.readLine()).object();
            if (line.contains(QLatin1String("ready"))) {
                m_url = line.value(QLatin1String("ready")).toString();
                m_keyFile = line.value(QLatin1String("key_file")).toString();
            }
        }
    }
    return !m_url.isEmpty();
}

void SampleServer::stop()
{
    m_process.terminate();
    m_process.waitForFinished(60'000);
}

SampleServer::~SampleServer()
{
    if (m_process.state() != QProcess::NotRunning) {
        stop();
    }
}

QByteArray SampleServer::key() const
{
    QFile file(m_keyFile);
    return file.open(QIODevice::ReadOnly) ? file.readAll().trimmed() : QByteArray();
}

} // namespace exhibit::test
