// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/time.h"
#include "models/report/bates.h"

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

/// A report before it is set in type: what it says and in which order, nothing about where it lands
/// on a page. Texts are UTF-8 and safe (safe_text.h).
namespace exhibit::report {

/// A line round a word: the only emphasis that survives any printer.
enum class Frame : std::uint8_t { None, Inverse, Solid, Dashed };

struct Look {
    bool bold = false;
    bool mono = false; ///< Ids, hashes, paths, wire values; never sentences.
    bool underlined = false;
    bool quiet = false; ///< Grey, for what is said about the page itself.
    Frame frame = Frame::None;
};

struct Span {
    std::string text;
    Look look;
};
using Text = std::vector<Span>;

[[nodiscard]] inline Text plain(std::string text)
{
    return {{std::move(text), {}}};
}
[[nodiscard]] inline Text bold(std::string text)
{
    return {{std::move(text), {.bold = true}}};
}
[[nodiscard]] inline Text mono(std::string text)
{
    return {{std::move(text), {.mono = true}}};
}

/// Drawn before a word that says the same: shape and word carry it, never colour.
enum class Mark : std::uint8_t {
    None,
    Critical,
    High,
    Medium,
    Low,
    Stopped,
    Changed,
    Warned,
    Passed,
    Failed,
    NotChecked,
};

struct Title {
    std::string text;
    std::string under;
};
struct Heading {
    std::string text; ///< With its number.
};
struct Paragraph {
    Text text;
};
struct Fact {
    std::string label;
    Text value;
    Mark mark = Mark::None;
};
/// Two columns of labelled values between rules.
struct FactGrid {
    std::vector<Fact> left;
    std::vector<Fact> right;
};

struct Column {
    std::string title;
    double width = 1; ///< Points when above 10, else a share of what is left.
    bool right = false; ///< Aligned to the right: numbers.
};
struct Cell {
    Text text;
    Mark mark = Mark::None;
};
struct Row {
    std::vector<Cell> cells;
    bool shaded = false;
};
/// Black modules of a square code, row by row.
struct Code {
    std::size_t size = 0;
    std::vector<bool> modules;
    std::string caption;
    std::string alternative; ///< What a reader hears instead of the picture.
};
/// Repeats its head on every page and splits no row that a page has room for. With a code beside
/// it, it has to be short enough for one page.
struct Table {
    std::vector<Column> columns;
    std::vector<Row> rows;
    std::optional<Code> beside;
};
/// Two boxes side by side, e.g. what should have happened and what did.
struct Pair {
    std::string leftTitle;
    Text left;
    std::string rightTitle;
    Text right;
};
/// Hatched: something is withheld.
struct Notice {
    Text text;
    bool hatched = false; ///< Of what was withheld or erased, and of nothing else.
};
/// Empty lines with a label under each, to be filled in by hand.
struct SignatureLines {
    std::vector<std::string> labels;
};
struct PageBreak { };

using Block = std::
    variant<Title, Heading, Paragraph, FactGrid, Table, Pair, Notice, SignatureLines, PageBreak>;

struct Document {
    std::string title; ///< Of the file, for its metadata.
    std::string subject;
    std::string language = "en";
    std::string report; ///< The file's kind in its metadata, for verifiers.
    std::string kind; ///< Top left of each page.
    std::string marking; ///< Top right of each page, e.g. who may read it.
    Text footer; ///< First line at the bottom.
    std::string footerNote; ///< Second line.
    std::string footerId; ///< At the right, above the page's number.
    std::optional<BatesRange> stamp; ///< In place of footerId, one number a page.
    UtcTime createdAt{}; ///< The only date in the file.
    std::vector<Block> blocks;
};

} // namespace exhibit::report
