// SPDX-License-Identifier: Apache-2.0
#include "ui/search/histogram_accessible.h"

#include "ui/search/histogram_widget.h"

#include <QAccessibleWidget>
#include <QHash>
#include <QPointer>

namespace exhibit::ui {
namespace {

/// One bar: its time and its count are its name.
class BarAccessible : public QAccessibleInterface {
public:
    BarAccessible(const HistogramWidget& histogram, int bar)
        : m_histogram(&histogram)
        , m_bar(bar)
    {
    }

    bool isValid() const override { return m_histogram && m_bar < m_histogram->barCount(); }
    QObject* object() const override { return nullptr; }
    QAccessibleInterface* parent() const override
    {
        return QAccessible::queryAccessibleInterface(
            const_cast<HistogramWidget*>(m_histogram.data())); // Qt asks for an object to change.
    }
    QAccessibleInterface* child(int) const override { return nullptr; }
    QAccessibleInterface* childAt(int, int) const override { return nullptr; }
    int childCount() const override { return 0; }
    int indexOfChild(const QAccessibleInterface*) const override { return -1; }
    QWindow* window() const override { return isValid() ? parent()->window() : nullptr; }
    void setText(QAccessible::Text, const QString&) override { }
    QAccessible::Role role() const override { return QAccessible::ListItem; }

    QString text(QAccessible::Text kind) const override
    {
        return isValid() && kind == QAccessible::Name ? m_histogram->barText(m_bar) : QString();
    }

    QRect rect() const override
    {
        if (!isValid()) {
            return {};
        }
        const QRect bar = m_histogram->barRect(m_bar);
        return {m_histogram->mapToGlobal(bar.topLeft()), bar.size()};
    }

    QAccessible::State state() const override
    {
        QAccessible::State state;
        state.invalid = !isValid();
        if (isValid()) {
            state.focusable = true;
            state.selectable = true;
            state.selected = m_histogram->isChosen(m_bar);
            state.focused = m_histogram->hasFocus() && m_histogram->cursorBar() == m_bar;
        }
        return state;
    }

private:
    QPointer<const HistogramWidget> m_histogram;
    int m_bar;
};

class HistogramAccessible : public QAccessibleWidget {
public:
    explicit HistogramAccessible(HistogramWidget& histogram)
        : QAccessibleWidget(&histogram, QAccessible::List)
        , m_histogram(histogram)
    {
    }
    ~HistogramAccessible() override
    {
        for (const QAccessible::Id id : std::as_const(m_bars)) {
            QAccessible::deleteAccessibleInterface(id);
        }
    }
    HistogramAccessible(const HistogramAccessible&) = delete;
    HistogramAccessible& operator=(const HistogramAccessible&) = delete;

    int childCount() const override { return m_histogram.barCount(); }

    QAccessibleInterface* child(int bar) const override
    {
        if (bar < 0 || bar >= childCount()) {
            return nullptr;
        }
        if (const auto known = m_bars.constFind(bar); known != m_bars.constEnd()) {
            return QAccessible::accessibleInterface(*known);
        }
        auto* made = new BarAccessible(m_histogram, bar); // Qt's registry owns it.
        m_bars.insert(bar, QAccessible::registerAccessibleInterface(made));
        return made;
    }

    QAccessibleInterface* childAt(int x, int y) const override
    {
        const QPoint at = m_histogram.mapFromGlobal(QPoint(x, y));
        for (int bar = 0; bar < childCount(); ++bar) {
            if (m_histogram.barRect(bar).contains(at)) {
                return child(bar);
            }
        }
        return nullptr;
    }

    int indexOfChild(const QAccessibleInterface* one) const override
    {
        for (auto it = m_bars.constBegin(); it != m_bars.constEnd(); ++it) {
            if (QAccessible::accessibleInterface(it.value()) == one) {
                return it.key();
            }
        }
        return -1;
    }

    QAccessibleInterface* focusChild() const override
    {
        return m_histogram.hasFocus() ? child(m_histogram.cursorBar()) : nullptr;
    }

private:
    HistogramWidget& m_histogram;
    mutable QHash<int, QAccessible::Id> m_bars; ///< Those that were asked for.
};

QAccessibleInterface* interfaceOf(const QString& className, QObject* object)
{
    auto* histogram = className == QLatin1String(HistogramWidget::staticMetaObject.className())
        ? qobject_cast<HistogramWidget*>(object)
        : nullptr;
    return histogram != nullptr ? new HistogramAccessible(*histogram) : nullptr; // Qt owns it.
}

} // namespace

void installHistogramAccessibility()
{
    QAccessible::installFactory(interfaceOf);
}

} // namespace exhibit::ui
