// SPDX-License-Identifier: Apache-2.0
#include "tests/gui/signature.h"

#include <QPainter>
#include <QTest>

namespace exhibit::test {
namespace {

/// A white page with a mark of 12 pixels of that colour.
QImage page(const QColor& mark, const QPoint& at = {400, 300})
{
    QImage picture(1600, 1000, QImage::Format_RGB32);
    picture.fill(Qt::white);
    QPainter(&picture).fillRect(QRect(at, QSize(12, 12)), mark);
    return picture;
}

} // namespace

class SignatureTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void aMarkOfAnotherColourIsSeen()
    {
        const QByteArray green = signatureOf(page(QColor(0x12704a)));
        QCOMPARE(differenceOf(green, green), QString());
        QVERIFY(!differenceOf(signatureOf(page(QColor(0xb3161b))), green).isEmpty());
        QVERIFY(!differenceOf(signatureOf(page(Qt::white)), green).isEmpty());
    }
    void redsAreToldApart()
    {
        const QByteArray failed = signatureOf(page(QColor(0xb3161b)));
        for (const QColor& other : {QColor(0xa3123a), QColor(0xb0360c), QColor(0x8a5a00)}) {
            QVERIFY(!differenceOf(signatureOf(page(other)), failed).isEmpty());
        }
    }
    void aPixelAsideIsTheSamePicture()
    {
        const QByteArray here = signatureOf(page(QColor(0xb3161b)));
        QCOMPARE(differenceOf(signatureOf(page(QColor(0xb3161b), {399, 301})), here), QString());
        QVERIFY(!differenceOf(signatureOf(page(QColor(0xb3161b), {500, 300})), here).isEmpty());
    }
    void darkerAllOverIsSeen()
    {
        QImage grey(1600, 1000, QImage::Format_RGB32);
        grey.fill(QColor(245, 245, 245));
        QVERIFY(!differenceOf(signatureOf(grey), signatureOf(page(Qt::white))).isEmpty());
    }
};

} // namespace exhibit::test

QTEST_GUILESS_MAIN(exhibit::test::SignatureTest)
#include "signature_test.moc"
