// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QProcess>
#include <QString>

namespace exhibit::test {

/// exhibit-demo --stay: a real exhibitd on a free port, with the incidents of the six stories.
class SampleServer {
public:
    /// Waits until the stories have been played; false with a note in the test's output otherwise.
    [[nodiscard]] bool start();
    /// SIGTERM and its end.
    void stop();
    ~SampleServer();

    [[nodiscard]] QString url() const { return m_url; }
    [[nodiscard]] QString keyFile() const { return m_keyFile; }
    [[nodiscard]] QByteArray key() const;

private:
    QProcess m_process;
    QString m_url;
    QString m_keyFile;
};

} // namespace exhibit::test
