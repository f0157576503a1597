// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/bytes.h"
#include "models/report/document.h"

#include <functional>
#include <memory>

namespace exhibit::report {

/// How many pages typeset() would set. Unavailable when no font is installed.
[[nodiscard]] Result<std::size_t> countPages(const Document& document);

/// Draws pages as images, on one sheet of 35 MB that it keeps. One thread at a time.
class PageImages {
public:
    PageImages();
    ~PageImages();
    PageImages(const PageImages&) = delete;
    PageImages& operator=(const PageImages&) = delete;

    /// Each page as a black-and-white TIFF, CCITT Group 4 at 300 dpi, the form that review
    /// platforms expect; `take` gets them in order, an error of it ends the drawing. Errors as of
    /// typeset().
    [[nodiscard]] Result<void> draw(const Document& document,
                                    const std::function<Result<void>(Bytes tiff)>& take);

private:
    class Paper;
    std::unique_ptr<Paper> m_paper;
};

} // namespace exhibit::report
