// SPDX-License-Identifier: Apache-2.0
#include "app/console/local_gateways.h"

#include "ui/text.h"

#include <QFile>
#include <QSettings>
#include <QUrl>

#include <algorithm>

namespace exhibit::console {
namespace {

using namespace Qt::StringLiterals;

/// Where the gateway whose data stays listened last: applications that were pointed there find it.
const QString kAddressSetting = u"gateway/address"_s;

} // namespace

LocalGateways::LocalGateways(QString programs, QString dataDir, QObject* parent)
    : QObject(parent)
    , m_programs(std::move(programs))
    , m_dataDir(std::move(dataDir))
{
}

void LocalGateways::start(Kind kind, ui::JobList& jobs)
{
    m_jobs = &jobs;
    auto& one = of(kind);
    if (!make(kind)) {
        return;
    }
    if (!one.server->isRunning()) {
        one.served = false;
        begin(one, jobs, nameOf(kind));
    }
    one.server->start();
}

bool LocalGateways::make(Kind kind)
{
    const bool isKept = kind == Kind::Kept;
    const QString program = m_programs + (isKept ? u"/exhibitd"_s : u"/exhibit-demo"_s);
    if (!QFile::exists(program)) {
        Q_EMIT said(isKept ? tr("exhibitd is not installed beside the console.")
                           : tr("The sample traffic (exhibit-demo) is not installed beside the "
                                "console. Start a local gateway and send it calls."),
                    true);
        return false;
    }
    if (of(kind).server == nullptr) {
        const QUrl last(isKept ? QSettings().value(kAddressSetting).toString() : QString());
        of(kind).server = std::make_unique<client::BundledServer>(
            client::BundledServer::Plan{
                program, isKept ? m_dataDir : QString(), static_cast<quint16>(last.port(0))},
            nullptr);
        follow(kind);
    }
    return true;
}

void LocalGateways::follow(Kind kind)
{
    using Server = client::BundledServer;
    auto* server = of(kind).server.get();
    connect(server, &Server::note, this, [this, kind](const QString& text) {
        Q_EMIT said(text, false);
        if (auto& job = of(kind).job) {
            job->progress(0, 0, text);
        }
    });
    connect(
        server, &Server::ready, this, [this, kind](const QString& address, const QString& keyFile) {
            auto& one = of(kind);
            one.served = true;
            if (one.job) {
                one.job->finish(ui::Job::State::Done, endNote(kind, address));
            }
            if (kind == Kind::Kept) {
                QSettings().setValue(kAddressSetting, address);
            }
            Q_EMIT ready(address, keyFile);
        });
    connect(server, &Server::restarting, this, [this, kind] {
        if (m_jobs) {
            begin(of(kind), *m_jobs, tr("%1, again").arg(nameOf(kind)));
        }
        Q_EMIT away(tr("it ended by itself and is started again"));
    });
    connect(
        server, &Server::failed, this, [this, kind](const QString& why) { fail(of(kind), why); });
    connect(server, &Server::ended, this, [this] {
        if (!areRunning()) {
            Q_EMIT allEnded();
        }
    });
}

void LocalGateways::begin(One& one, ui::JobList& jobs, const QString& title)
{
    one.job = jobs.start(title, [this, server = one.server.get()] {
        server->stop();
        Q_EMIT said(tr("The start was cancelled."), false);
    });
}

void LocalGateways::fail(One& one, const QString& why)
{
    if (one.job) {
        one.job->finish(ui::Job::State::Failed, why);
    }
    if (std::exchange(one.served, false)) {
        Q_EMIT away(tr("it ended and does not start again"));
    } else {
        Q_EMIT said(why, true);
    }
}

QString LocalGateways::nameOf(Kind kind)
{
    return kind == Kind::Kept ? tr("Local gateway") : tr("Sample traffic");
}

QString LocalGateways::endNote(Kind kind, const QString& address) const
{
    return kind == Kind::Kept ? tr("Running at %1 until the console ends; its data stays in %2")
                                    .arg(ui::isolated(address), ui::isolated(m_dataDir))
                              : tr("Running at %1; its data is thrown away when the console ends")
                                    .arg(ui::isolated(address));
}

void LocalGateways::stop()
{
    for (auto& one : m_each) {
        if (one.server != nullptr) {
            one.server->stop();
        }
    }
    if (!areRunning()) {
        Q_EMIT allEnded();
    }
}

bool LocalGateways::areRunning() const
{
    return std::any_of(m_each.begin(), m_each.end(), [](const One& one) {
        return one.server != nullptr && one.server->isRunning();
    });
}

bool LocalGateways::servesAt(Kind kind, const QString& address) const
{
    const auto& one = m_each.at(static_cast<std::size_t>(kind));
    return one.server != nullptr && !address.isEmpty() && one.server->address() == address;
}

bool LocalGateways::isKeptAt(const QString& address) const
{
    return servesAt(Kind::Kept, address)
        || (!address.isEmpty() && QSettings().value(kAddressSetting).toString() == address);
}

} // namespace exhibit::console
