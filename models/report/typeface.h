// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/result.h"
#include "models/report/document.h"

#include <memory>
#include <unordered_map>

struct _PangoContext;
struct _PangoLayout;
struct _cairo;

namespace exhibit::report {

/// Families by preference; the rest covers other scripts and bare machines.
inline constexpr const char* kSansFamilies = "Inter,Noto Sans,DejaVu Sans";

/// One text, broken into lines. Sizes are points.
class SetText {
public:
    struct FramedRange {
        int begin = 0; ///< Bytes.
        int end = 0;
        Frame frame = Frame::None;
    };

    SetText(_PangoLayout* owned, std::vector<FramedRange> frames);

    [[nodiscard]] double height() const;
    [[nodiscard]] double width() const;
    [[nodiscard]] int lineCount() const;
    /// Height of the lines [first, last).
    [[nodiscard]] double height(int first, int last) const;
    /// Characters that no installed font has.
    [[nodiscard]] int unknownGlyphs() const;
    /// The lines [first, last), the first of them at the top left (x, y).
    void draw(_cairo* context, double x, double y, int first, int last) const;
    void draw(_cairo* context, double x, double y) const { draw(context, x, y, 0, lineCount()); }

private:
    struct Free {
        void operator()(_PangoLayout* layout) const noexcept;
    };
    void drawFrames(_cairo* context, double x, double y, void* line, double lineHeight) const;
    void writeColoured(_cairo* context, double x, double baseline, void* line) const;

    std::unique_ptr<_PangoLayout, Free> m_layout;
    std::vector<FramedRange> m_frames;
    std::vector<double> m_tops; ///< Of each line, and the end of the last.
};

/// The fonts of the reports. One thread.
class Typeface {
public:
    /// Unavailable when no usable font is installed: without this text would vanish silently.
    [[nodiscard]] static Result<Typeface> open(const std::string& language);

    struct Setting {
        double size = 9;
        double width = 0; ///< 0: one line, however long.
        bool right = false;
        bool paper = false; ///< White behind it.
    };
    /// Short texts are remembered: the pages of a report say the same words many times, and each
    /// document is gone through twice.
    [[nodiscard]] std::shared_ptr<const SetText> set(const Text& text,
                                                     const Setting& setting) const;

private:
    explicit Typeface(_PangoContext* context);
    struct Free {
        void operator()(_PangoContext* context) const noexcept;
    };
    [[nodiscard]] std::shared_ptr<const SetText> setAnew(const Text& text,
                                                         const Setting& setting) const;

    std::unique_ptr<_PangoContext, Free> m_context;
    mutable std::unordered_map<std::string, std::shared_ptr<const SetText>> m_known;
};

} // namespace exhibit::report
