// SPDX-License-Identifier: Apache-2.0
#include "backend-client/bundled_server.h"

#include <QJsonDocument>
#include <QJsonObject>
#include <QUrl>

#ifdef Q_OS_LINUX
#include <csignal>

#include <sys/prctl.h>
#endif

namespace exhibit::client {
namespace {

using namespace Qt::StringLiterals;

constexpr int kRestartsMax = 3;
constexpr qint64 kRanWellMs = 60'000; ///< What ends it then is not what ended it before.
constexpr int kStopTimeoutMs = 60'000; ///< It ends calls that run, and PostgreSQL.
constexpr int kLastWaitMs = 5000;
constexpr qsizetype kOutputBytesMax = 64 * 1024;

} // namespace

BundledServer::BundledServer(Plan plan, QObject* parent)
    : QObject(parent)
    , m_plan(std::move(plan))
{
#ifdef Q_OS_LINUX
    // Also where this program ends without a goodbye: nobody else looks after it.
    m_process.setChildProcessModifier([] { ::prctl(PR_SET_PDEATHSIG, SIGTERM); });
#endif
    connect(&m_process, &QProcess::readyReadStandardOutput, this, &BundledServer::readOutput);
    connect(&m_process, &QProcess::readyReadStandardError, this, [this] {
        m_errors += m_process.readAllStandardError();
        m_errors = m_errors.right(kOutputBytesMax);
    });
    connect(&m_process, &QProcess::finished, this, &BundledServer::finished);
    connect(&m_process, &QProcess::errorOccurred, this, [this](QProcess::ProcessError error) {
        if (error == QProcess::FailedToStart) {
            Q_EMIT failed(
                tr("%1 cannot be started: %2.").arg(m_process.program(), m_process.errorString()));
        }
    });
    m_patience.setSingleShot(true);
    m_patience.setInterval(kStopTimeoutMs);
    connect(&m_patience, &QTimer::timeout, &m_process, &QProcess::kill);
}

BundledServer::~BundledServer()
{
    m_process.disconnect(this);
    if (isRunning()) {
        m_process.terminate();
        if (!m_process.waitForFinished(kLastWaitMs)) {
            m_process.kill();
            m_process.waitForFinished(kLastWaitMs);
        }
    }
}

void BundledServer::start()
{
    if (m_stopping) {
        m_again = true;
    } else if (!isRunning()) {
        m_restarts = 0;
        Q_EMIT note(tr("Starting a gateway with a private database …"));
        launch();
    } else if (m_isReady) {
        Q_EMIT ready(m_address, m_keyFile);
    }
}

void BundledServer::stop()
{
    m_again = false;
    if (isRunning() && !m_stopping) {
        m_stopping = true;
        m_process.terminate();
        m_patience.start();
    }
}

void BundledServer::launch()
{
    m_lines.clear();
    m_errors.clear();
    m_isReady = false;
    if (m_plan.dataDir.isEmpty()) {
        m_process.start(m_plan.program, {u"--stay"_s});
        return;
    }
    m_process.start(m_plan.program,
                    // One person alone uses it, on this machine: there is nobody to be fair to.
                    {u"serve"_s,
                     u"--data-dir"_s,
                     m_plan.dataDir,
                     u"--listen"_s,
                     u"127.0.0.1:%1"_s.arg(m_plan.port),
                     u"--rate-address-per-minute"_s,
                     u"0"_s,
                     u"--rate-person-per-minute"_s,
                     u"0"_s});
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
        becomeReady(address, object.value("key_file"_L1).toString());
    } else if (const QString at = object.value("listening"_L1).toString(); !at.isEmpty()) {
        becomeReady(u"http://"_s + at, m_plan.dataDir + u"/admin.key"_s);
    } else if (object.contains("restarting"_L1)) {
        Q_EMIT restarting(); // The sample's own gateway ended; the sample looks after it.
    } else if (const QString doing = object.value("note"_L1).toString(); !doing.isEmpty()) {
        Q_EMIT note(doing);
    }
}

void BundledServer::becomeReady(const QString& address, const QString& keyFile)
{
    m_isReady = true;
    m_sinceReady.start();
    m_address = address;
    m_keyFile = keyFile;
    m_plan.port = static_cast<quint16>(QUrl(address).port());
    if (!m_stopping) {
        Q_EMIT ready(address, keyFile);
    }
}

void BundledServer::finished(int code)
{
    m_patience.stop();
    if (std::exchange(m_stopping, false)) {
        m_isReady = false;
        return std::exchange(m_again, false) ? start() : Q_EMIT ended();
    }
    if (!m_isReady && m_plan.port != 0) {
        m_plan.port = 0; // Somebody else has it by now.
        launch();
        return;
    }
    if (m_isReady && m_sinceReady.hasExpired(kRanWellMs)) {
        m_restarts = 0;
    }
    if (m_isReady && m_restarts < kRestartsMax) {
        ++m_restarts;
        Q_EMIT restarting();
        launch();
        return;
    }
    m_isReady = false;
    const QString last = QString::fromUtf8(m_errors.trimmed().split('\n').last());
    Q_EMIT failed(tr("The local gateway ended with code %1. %2").arg(code).arg(last));
}

} // namespace exhibit::client
