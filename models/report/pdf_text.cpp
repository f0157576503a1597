// SPDX-License-Identifier: Apache-2.0
#include "models/report/pdf_text.h"

#include "models/report/page_flow.h"
#include "models/report/traced_text.h"

#include <fmt/format.h>
#include <qpdf/Buffer.hh>
#include <qpdf/QPDF.hh>
#include <qpdf/QPDFPageDocumentHelper.hh>
#include <qpdf/QUtil.hh>

#include <algorithm>
#include <array>
#include <map>

namespace exhibit::report {
namespace {

using Object = QPDFObjectHandle;

/// Between the last line of a page and its foot.
constexpr double kFoot = page::kBottom + 18;

/// The characters that the codes of a font stand for, as Cairo lists them: one code a line.
struct FontCharacters {
    std::size_t codeBytes = 1;
    std::map<std::string, std::string, std::less<>> byCode; ///< UTF-8 by hex.

    [[nodiscard]] const std::string* of(BytesView code) const
    {
        const auto found = byCode.find(toHex(code));
        return found == byCode.end() ? nullptr : &found->second;
    }
};

/// The words between '<' and '>', one after the other.
class HexWords {
public:
    explicit HexWords(std::string_view text)
        : m_rest(text)
    {
    }
    [[nodiscard]] std::optional<std::string_view> next()
    {
        const auto begin = m_rest.find('<');
        const auto end = m_rest.find('>', begin);
        if (begin == m_rest.npos || end == m_rest.npos) {
            return std::nullopt;
        }
        const auto word = m_rest.substr(begin + 1, end - begin - 1);
        m_rest.remove_prefix(end + 1);
        return word;
    }

private:
    std::string_view m_rest;
};

FontCharacters charactersOf(Object font)
{
    FontCharacters characters;
    characters.codeBytes = font.getKey("/Subtype").isNameAndEquals("/Type0") ? 2 : 1;
    auto map = font.getKey("/ToUnicode");
    if (!map.isStream()) {
        return characters;
    }
    const auto data = map.getStreamData(qpdf_dl_generalized);
    std::string_view rest(reinterpret_cast<const char*>(data->getBuffer()), data->getSize());
    constexpr std::string_view kBegin = "beginbfchar";
    for (auto at = rest.find(kBegin); at != rest.npos; at = rest.find(kBegin)) {
        rest.remove_prefix(at + kBegin.size());
        HexWords words(rest.substr(0, rest.find("endbfchar")));
        for (auto code = words.next(); code; code = words.next()) {
            const auto units = words.next();
            const auto bytes = fromHex(units.value_or("?"));
            if (bytes) {
                characters.byCode.emplace(*code, QUtil::utf16_to_utf8("\xFE\xFF" + *bytes));
            }
        }
    }
    return characters;
}

/// Of all pages: fonts are read once.
class TextReader {
public:
    void read(QPDFPageObjectHelper page, std::size_t number, std::size_t count);
    [[nodiscard]] Result<PdfText> finish();

private:
    class Page;
    const FontCharacters& font(Object font);
    void say(std::string_view character, double y, bool isHead);
    void endHead();

    PdfText m_text;
    std::string m_margin; ///< Of the page.
    std::string m_head; ///< Of a table, as far as it is read.
    std::string m_lastHead;
    std::map<QPDFObjGen, FontCharacters> m_fonts;
    std::string m_fault; ///< The first.
};

/// The operators of one page.
class TextReader::Page : public Object::ParserCallbacks {
public:
    Page(TextReader& reader, Object fonts, Object pictures)
        : m_reader(reader)
        , m_fonts(std::move(fonts))
        , m_pictures(std::move(pictures))
    {
    }
    void handleObject(Object object) override
    {
        if (!object.isOperator()) {
            m_operands.push_back(object);
            return;
        }
        apply(object.getOperatorValue());
        m_operands.clear();
    }
    void handleEOF() override { }

private:
    /// Content that is marked: as a cell of a head, or as standing for other words.
    struct Mark {
        bool isHead = false;
        bool replaced = false;
    };

    void apply(const std::string& name)
    {
        if (name == "BDC" || name == "BMC") {
            begin();
        } else if (name == "EMC" && !m_marks.empty()) {
            m_marks.pop_back();
        } else if (name == "BT") {
            m_matrix = {1, 0, 0, 1, 0, 0};
        } else if (name == "Tm" || name == "Td") {
            move();
        } else if (name == "Tf") {
            auto font = operand(0).isName() ? m_fonts.getKeyIfDict(operand(0).getName())
                                            : Object::newNull();
            m_font = font.isDictionary() && font.isIndirect() ? &m_reader.font(font) : nullptr;
        } else if (name == "Tj" || name == "TJ") {
            show(operand(0));
        } else if (name == "Do") {
            auto drawn = operand(0).isName() ? m_pictures.getKeyIfDict(operand(0).getName())
                                             : Object::newNull();
            if (!drawn.isStream()
                || !drawn.getDict().getKey("/Subtype").isNameAndEquals("/Image")) {
                fault("something other than text and pictures is drawn");
            }
        } else if (name == "TD" || name == "T*" || name == "'" || name == "\"" || name == "Tr") {
            fault("text is drawn as no report draws it");
        }
    }

    [[nodiscard]] Object operand(std::size_t at) const
    {
        return at < m_operands.size() ? m_operands[at] : Object::newNull();
    }
    [[nodiscard]] double number(std::size_t at) const
    {
        auto found = operand(at);
        return found.isNumber() ? found.getNumericValue() : 0;
    }
    void fault(const char* why) const
    {
        if (m_reader.m_fault.empty()) {
            m_reader.m_fault = why;
        }
    }

    void begin()
    {
        Mark mark = m_marks.empty() ? Mark{} : m_marks.back();
        auto members = operand(1);
        if (members.isDictionary() && members.hasKey("/MCID")) {
            mark.isHead = operand(0).isNameAndEquals("/TH");
        }
        if (members.isDictionary() && members.getKey("/ActualText").isString() && !mark.replaced) {
            say(members.getKey("/ActualText").getUTF8Value(), mark);
            mark.replaced = true;
        }
        m_marks.push_back(mark);
    }

    void move()
    {
        if (m_operands.size() == m_matrix.size()) {
            for (std::size_t i = 0; i < m_matrix.size(); ++i) {
                m_matrix[i] = number(i);
            }
        } else {
            m_matrix[4] += number(0) * m_matrix[0] + number(1) * m_matrix[2];
            m_matrix[5] += number(0) * m_matrix[1] + number(1) * m_matrix[3];
        }
    }

    void show(Object shown)
    {
        if (shown.isArray()) {
            for (auto& part : shown.getArrayAsVector()) {
                if (part.isString()) {
                    show(part);
                }
            }
            return;
        }
        const Mark mark = m_marks.empty() ? Mark{} : m_marks.back();
        if (mark.replaced || !shown.isString()) {
            return;
        }
        const std::string codes = shown.getStringValue();
        const std::size_t size = m_font == nullptr ? 1 : m_font->codeBytes;
        for (std::size_t at = 0; at < codes.size(); at += size) {
            const auto* const character
                = m_font == nullptr ? nullptr : m_font->of(BytesView(codes).substr(at, size));
            if (character == nullptr) {
                return fault("it has shapes that stand for no character");
            }
            say(*character, mark);
        }
    }

    void say(std::string_view text, const Mark& mark)
    {
        while (!text.empty()) {
            const std::size_t blank = blankBytes(text);
            if (blank == 0) {
                m_reader.say(text.substr(0, 1), m_matrix[5], mark.isHead);
            }
            text.remove_prefix(std::max<std::size_t>(blank, 1));
        }
    }

    TextReader& m_reader;
    Object m_fonts;
    Object m_pictures;
    std::vector<Object> m_operands;
    std::vector<Mark> m_marks;
    std::array<double, 6> m_matrix{}; ///< Of the line.
    const FontCharacters* m_font = nullptr;
};

const FontCharacters& TextReader::font(Object font)
{
    const auto known = m_fonts.find(font.getObjGen());
    return known != m_fonts.end()
        ? known->second
        : m_fonts.emplace(font.getObjGen(), charactersOf(font)).first->second;
}

void TextReader::say(std::string_view byte, double y, bool isHead)
{
    if (y < page::kTop || y > kFoot) {
        m_margin += byte;
    } else if (isHead) {
        m_head += byte;
    } else {
        endHead();
        m_text.body += byte;
    }
}

void TextReader::endHead()
{
    if (!m_head.empty() && m_head != m_lastHead) {
        m_text.body += m_head;
        m_lastHead = m_head;
    }
    m_head.clear();
}

void TextReader::read(QPDFPageObjectHelper page, std::size_t number, std::size_t count)
{
    auto resources = page.getObjectHandle().getKey("/Resources");
    m_margin.clear();
    Page content(*this, resources.getKeyIfDict("/Font"), resources.getKeyIfDict("/XObject"));
    page.parseContents(&content);
    endHead();
    m_text.pageEnds.push_back(m_text.body.size());
    const std::string numbered = fmt::format("Page{}of{}", number, count);
    if (m_margin.ends_with(numbered)) {
        m_margin.resize(m_margin.size() - numbered.size());
    }
    m_text.margins.insert(m_margin);
}

Result<PdfText> TextReader::finish()
{
    if (!m_fault.empty()) {
        return fail(ErrorCode::InvalidInput, m_fault);
    }
    return std::move(m_text);
}

} // namespace

Result<PdfText> readPdfText(BytesView bytes)
{
    try {
        QPDF pdf;
        pdf.setSuppressWarnings(true);
        pdf.setAttemptRecovery(false);
        pdf.processMemoryFile("report", bytes.data(), bytes.size());
        QPDFPageDocumentHelper pages(pdf);
        pages.pushInheritedAttributesToPage();
        const auto all = pages.getAllPages();
        TextReader reader;
        for (std::size_t i = 0; i < all.size(); ++i) {
            reader.read(all[i], i + 1, all.size());
        }
        return reader.finish();
    } catch (const std::exception&) {
        return fail(ErrorCode::InvalidInput, "not readable as a PDF without repairing it");
    }
}

std::optional<std::size_t> firstDifference(const PdfText& text, const PdfText& other)
{
    if (text.body == other.body && text.margins == other.margins) {
        return std::nullopt;
    }
    const auto at = static_cast<std::size_t>(
        std::mismatch(text.body.begin(), text.body.end(), other.body.begin(), other.body.end())
            .first
        - text.body.begin());
    const auto page = std::upper_bound(text.pageEnds.begin(), text.pageEnds.end(), at);
    const auto last = std::max<std::size_t>(text.pageEnds.size(), 1);
    return text.body == other.body
        ? 1
        : std::min(static_cast<std::size_t>(page - text.pageEnds.begin()) + 1, last);
}

} // namespace exhibit::report
