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

private:
    PageFlow& m_flow;
};

/// The whole document, to the end of its last page.
void setBlocks(const Document& document, PageFlow& flow);

} // namespace exhibit::report
