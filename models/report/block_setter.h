// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/report/page_flow.h"

namespace exhibit::report {

/// Puts one block after another on the pages.
class BlockSetter {
public:
    explicit BlockSetter(PageFlow& flow)
        : m_flow(flow)
    {
    }

    void operator()(const Title& title);
    void operator()(const Heading& heading);
    void operator()(const Paragraph& paragraph);
    void operator()(const FactGrid& grid);
    void operator()(const Table& table);
    void operator()(const Pair& pair);
    void operator()(const Notice& notice);
    void operator()(const SignatureLines& lines);
    void operator()(const PageBreak& pageBreak);
    /// What comes after the block that is set next, and after that; nullptr: nothing.
    void setFollowing(const Block* following, const Block* afterNext)
    {
        m_following = following;
        m_afterNext = afterNext;
    }

private:
    PageFlow& m_flow;
    const Block* m_following = nullptr;
    const Block* m_afterNext = nullptr;
};

/// How much of a table stands on one page at its beginning.
[[nodiscard]] double beginningOf(const Table& table, PageFlow& flow);

/// The whole document, to the end of its last page.
void setBlocks(const Document& document, PageFlow& flow);

} // namespace exhibit::report
