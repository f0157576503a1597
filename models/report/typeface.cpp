// SPDX-License-Identifier: Apache-2.0
#include "models/report/typeface.h"

#include "models/report/safe_text.h"

#include <fmt/format.h>

#include <pango/pangocairo.h>

#include <cmath>
#include <span>

namespace exhibit::report {
namespace {

constexpr const char* kMono = "JetBrains Mono,Noto Sans Mono,DejaVu Sans Mono";
constexpr double kMonoScale = 0.9;
constexpr double kLabelScale = 0.82;
constexpr double kQuiet = 0.33;
constexpr std::size_t kKnownMax = 16'384; ///< Texts that are remembered, some 5 kB each.
constexpr std::size_t kKnownBytesMax = 300; ///< Of one of them.
constexpr int kPieceBytes = 400; ///< Of a text that is shaped at once; a few lines.

/// Adds attributes for the bytes [begin, end) of the text.
class Attributes {
public:
    Attributes(int begin, int end)
        : m_begin(static_cast<guint>(begin))
        , m_end(static_cast<guint>(end))
    {
    }
    PangoAttrList* list = pango_attr_list_new();

    void over(int begin, int end)
    {
        m_begin = static_cast<guint>(begin);
        m_end = static_cast<guint>(end);
    }
    void add(PangoAttribute* attribute) const
    {
        attribute->start_index = m_begin;
        attribute->end_index = m_end;
        pango_attr_list_insert(list, attribute);
    }
    void grey(double level) const
    {
        const auto value = static_cast<guint16>(level * 65535);
        add(pango_attr_foreground_new(value, value, value));
    }

private:
    guint m_begin;
    guint m_end;
};

void apply(const Attributes& attributes, const Look& look, double size)
{
    double scaled = size;
    if (look.mono) {
        attributes.add(pango_attr_family_new(kMono));
        scaled *= kMonoScale;
    }
    if (look.frame == Frame::Inverse || (look.frame != Frame::None && look.bold)) {
        scaled *= kLabelScale;
        attributes.add(pango_attr_letter_spacing_new(PANGO_SCALE / 3));
    }
    if (scaled != size) {
        attributes.add(
            pango_attr_size_new_absolute(static_cast<int>(std::lround(scaled * PANGO_SCALE))));
    }
    if (look.bold || look.frame == Frame::Inverse) {
        attributes.add(pango_attr_weight_new(PANGO_WEIGHT_BOLD));
    }
    if (look.underlined) {
        attributes.add(pango_attr_underline_new(PANGO_UNDERLINE_SINGLE));
    }
    if (look.frame == Frame::Inverse) {
        attributes.grey(1);
    } else if (look.quiet) {
        attributes.grey(kQuiet);
    }
}

/// A character that changes how the one before it looks.
bool joins(gunichar character)
{
    return g_unichar_ismark(character) != 0 || g_unichar_type(character) == G_UNICODE_FORMAT;
}

/// Cuts the text into pieces by an attribute that changes nothing. Pango shapes what is left of a
/// piece again for each line of it: a word of 20 kB in one piece takes over a second.
void cutIntoPieces(Attributes& attributes, const std::string& text)
{
    const char* begin = text.data();
    const char* const end = text.data() + text.size();
    while (end - begin > kPieceBytes) {
        const char* at = g_utf8_find_next_char(begin + kPieceBytes, end);
        bool joined = false; // The character before asks for the next one.
        while (at != nullptr && at < end) {
            const gunichar next = g_utf8_get_char_validated(at, end - at);
            if (!joins(next) && !joined) {
                break;
            }
            joined = g_unichar_type(next) == G_UNICODE_FORMAT;
            at = g_utf8_find_next_char(at, end);
        }
        if (at == nullptr) {
            return;
        }
        attributes.over(static_cast<int>(begin - text.data()), static_cast<int>(at - text.data()));
        attributes.add(pango_attr_fallback_new(TRUE)); // The default.
        begin = at;
    }
}

/// Room for the frame on both sides of the words, which stay together.
std::string framed(const Span& span)
{
    constexpr std::string_view kSpace = "\xC2\xA0"; // Does not break.
    if (span.look.frame == Frame::None) {
        return span.text;
    }
    std::string text(kSpace);
    for (const char c : span.text) {
        text += c == ' ' ? std::string(kSpace) : std::string(1, c);
    }
    return text.append(kSpace);
}

} // namespace

void Typeface::Free::operator()(_PangoContext* context) const noexcept
{
    g_object_unref(context);
}

Typeface::Typeface(_PangoContext* context)
    : m_context(context)
{
}

Result<Typeface> Typeface::open(const std::string& language)
{
    PangoFontMap* const map = pango_cairo_font_map_get_default(); // One for each thread.
    PangoFontFamily** families = nullptr;
    int count = 0;
    pango_font_map_list_families(map, &families, &count);
    g_free(static_cast<void*>(families));
    PangoContext* const context = pango_font_map_create_context(map);
    Typeface face(context);
    PangoFontDescription* const wanted = pango_font_description_from_string(kSansFamilies);
    PangoFont* const font = count == 0 ? nullptr : pango_context_load_font(context, wanted);
    pango_font_description_free(wanted);
    if (font == nullptr) {
        return fail(ErrorCode::Unavailable,
                    "No font is installed, so that no page can be set; install fonts-inter and "
                    "fonts-jetbrains-mono, or fonts-dejavu-core at the least.");
    }
    g_object_unref(font);
    pango_cairo_context_set_resolution(context, 72);
    cairo_font_options_t* const options = cairo_font_options_create();
    cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE);
    cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
    pango_cairo_context_set_font_options(context, options);
    cairo_font_options_destroy(options);
    pango_context_set_round_glyph_positions(context, FALSE);
    pango_context_set_language(context, pango_language_from_string(language.c_str()));
    return face;
}

namespace {

/// Texts with the same key are set the same.
std::string keyOf(const Text& text, const Typeface::Setting& setting)
{
    std::string key = fmt::format("{:.3f} {:.3f} {}", setting.size, setting.width, setting.right);
    for (const auto& [words, look] : text) {
        const int bits = (look.bold ? 1 : 0) | (look.mono ? 2 : 0) | (look.underlined ? 4 : 0)
            | (look.quiet ? 8 : 0) | static_cast<int>(look.frame) << 4;
        key += fmt::format("\x1f{} {} ", bits, words.size()) + words;
    }
    return key;
}

} // namespace

std::shared_ptr<const SetText> Typeface::set(const Text& text, const Setting& setting) const
{
    std::size_t bytes = 0;
    for (const auto& span : text) {
        bytes += span.text.size();
    }
    if (bytes > kKnownBytesMax) {
        return setAnew(text, setting);
    }
    std::string key = keyOf(text, setting);
    const auto known = m_known.find(key);
    if (known != m_known.end()) {
        return known->second;
    }
    auto made = setAnew(text, setting);
    if (m_known.size() < kKnownMax) {
        m_known.emplace(std::move(key), made);
    }
    return made;
}

namespace {

/// Whoever hands over text has made it safe. Where somebody forgot, it is done here: Cairo draws no
/// page at all with a control character on it, and an override of direction would say what the
/// record does not.
std::string shown(const std::string& text)
{
    bool safe = true;
    for (std::size_t i = 0; i < text.size() && safe; ++i) {
        const auto c = static_cast<unsigned char>(text[i]);
        const std::string_view three = std::string_view(text).substr(i, 3);
        const bool override = c == 0xE2 && three.size() == 3
            && ((three >= "\xE2\x80\xAA" && three <= "\xE2\x80\xAE")
                || (three >= "\xE2\x81\xA6" && three <= "\xE2\x81\xA9"));
        safe = (c >= 0x20 || c == '\n') && c != 0x7F && !override;
    }
    return safe ? text : safeText(text);
}

} // namespace

std::shared_ptr<const SetText> Typeface::setAnew(const Text& text, const Setting& setting) const
{
    PangoLayout* const layout = pango_layout_new(m_context.get());
    PangoFontDescription* const font = pango_font_description_from_string(kSansFamilies);
    pango_font_description_set_absolute_size(font, setting.size * PANGO_SCALE);
    pango_layout_set_font_description(layout, font);
    pango_font_description_free(font);
    if (setting.width > 0) {
        pango_layout_set_width(layout, static_cast<int>(setting.width * PANGO_SCALE));
        pango_layout_set_wrap(layout, PANGO_WRAP_WORD_CHAR);
    }
    pango_layout_set_alignment(layout, setting.right ? PANGO_ALIGN_RIGHT : PANGO_ALIGN_LEFT);
    std::string all;
    std::vector<SetText::FramedRange> frames;
    Attributes attributes(0, 0);
    for (const auto& span : text) {
        const int begin = static_cast<int>(all.size());
        all += framed({shown(span.text), span.look});
        attributes.over(begin, static_cast<int>(all.size()));
        apply(attributes, span.look, setting.size);
        if (span.look.frame != Frame::None) {
            frames.push_back({begin, static_cast<int>(all.size()), span.look.frame});
        }
    }
    cutIntoPieces(attributes, all);
    attributes.over(0, static_cast<int>(all.size()));
    attributes.add(pango_attr_font_features_new("tnum=1")); // Figures line up in columns.
    attributes.add(pango_attr_insert_hyphens_new(FALSE)); // Nothing is added to what was recorded.
    pango_layout_set_text(layout, all.data(), static_cast<int>(all.size()));
    pango_layout_set_attributes(layout, attributes.list);
    pango_attr_list_unref(attributes.list);
    return std::make_shared<const SetText>(layout, std::move(frames));
}

} // namespace exhibit::report
