// SPDX-License-Identifier: Apache-2.0
#include "backend-client/bundled_server.h"

#include <QJsonDocument>
#include <QJsonObject>

namespace exhibit::client {
namespace {

using namespace Qt::StringLiterals;

constexpr int kRestartsMax = 3;
constexpr int kStopTimeoutMs = 5000;
constexpr qsizetype kOutputBytesMax = 64 * 1024;

} // namespace

BundledServer::BundledServer(Programs programs, QObject* parent)
    : QObject(parent)
    , m_programs(std::move(programs))
{
    connect(&m_process, &QProcess::readyReadStandardOutput, this, &BundledServer::readOutput);
    connect(&m_process, &QProcess::readyReadStandardError, this, [this] {
        m_errors += m_process.readAllStandardError();
        m_errors = m_errors.right(kOutputBytesMax);
    });
    connect(&m_process, &QProcess::finished, this, &BundledServer::ended);
    connect(&m_process, &QProcess::errorOccurred, this, [this](QProcess::ProcessError error) {
        if (error == QProcess::FailedToStart) {
            Q_EMIT failed(
                tr("%1 cannot be started: %2.").arg(m_process.program(), m_process.errorString()));
        }
    });
}

BundledServer::~BundledServer()
{
    m_stopping = true;
    if (isRunning()) {
        m_process.terminate();
        if (!m_process.waitForFinished(kStopTimeoutMs)) {
            m_process.kill();
            m_process.waitForFinished(kStopTimeoutMs);
        }
    }
}

void BundledServer::start()
{
    m_lines.clear();
    m_errors.clear();
    if (m_programs.sample.isEmpty()) {
        m_process.start(m_programs.server,
                        // One person alone uses it, on this machine: there is nobody to be fair to.
                        {u"serve"_s,
                         u"--data-dir"_s,
                         m_programs.dataDir,
                         u"--listen"_s,
                         u"127.0.0.1:0"_s,
                         u"--rate-address-per-minute"_s,
                         u"0"_s,
                         u"--rate-person-per-minute"_s,
                         u"0"_s});
    } else {
        m_process.start(m_programs.sample, {u"--stay"_s});
    }
    Q_EMIT note(tr("Starting a gateway with a private database …"));
}

void BundledServer::readOutput()
{
    m_lines += m_process.readAllStandardOutput();
    for (qsizetype end = m_lines.indexOf('\n'); end >= 0; end = m_lines.indexOf('\n')) {
        takeLine(m_lines.left(end));
        m_lines.remove(0, end + 1);
    }
    if (m_lines.size() > kOutputBytesMax) {
        m_lines.clear();
    }
}

void BundledServer::takeLine(const QByteArray& line)
{
    const QJsonObject object = QJsonDocument::fromJson(line).object();
    if (const QString address = object.value("ready"_L1).toString(); !address.isEmpty()) {
        m_wasReady = true;
        Q_EMIT ready(address, object.value("key_file"_L1).toString());
    } else if (const QString at = object.value("listening"_L1).toString(); !at.isEmpty()) {
        m_wasReady = true;
        Q_EMIT ready(u"http://"_s + at, m_programs.dataDir + u"/admin.key"_s);
    } else if (const QString text = object.value("note"_L1).toString(); !text.isEmpty()) {
        Q_EMIT note(text);
    }
}

void BundledServer::ended(int code)
{
    if (m_stopping) {
        return;
    }
    if (m_wasReady && m_restarts < kRestartsMax) {
        ++m_restarts;
        Q_EMIT note(tr("The local gateway ended and is started again."));
        start();
        return;
    }
    const QString last = QString::fromUtf8(m_errors.trimmed().split('\n').last());
    Q_EMIT failed(tr("The local gateway ended with code %1. %2").arg(code).arg(last));
}

} // namespace exhibit::client
