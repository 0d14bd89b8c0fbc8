// SPDX-License-Identifier: Apache-2.0
#include "report/stroke_font.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace msunet::report {
namespace {

constexpr double letter_gap = 2;
constexpr double blank_width = 2.5;
constexpr std::string_view box = "00 40 46 06 00";

// Each glyph: pairs of digits "xy", strokes apart by '/'.
constexpr auto glyphs = std::to_array<std::pair<char, std::string_view>>({
    {'0', "10 30 41 45 36 16 05 01 10"},
    {'1', "11 20 26/16 36"},
    {'2', "01 10 30 41 42 06 46"},
    {'3', "01 10 30 41 42 33 44 45 36 16 05/13 33"},
    {'4', "36 30 04 44"},
    {'5', "40 00 02 32 43 45 36 16 05"},
    {'6', "41 30 10 01 05 16 36 45 43 32 12 03"},
    {'7', "00 40 16"},
    {'8', "10 30 41 42 33 13 02 01 10/13 04 05 16 36 45 44 33"},
    {'9', "43 34 14 03 01 10 30 41 45 36 16 05"},
    {'A', "06 20 46/14 34"},
    {'B', "06 00 30 41 42 33 03/33 44 45 36 06"},
    {'C', "41 30 10 01 05 16 36 45"},
    {'D', "00 30 41 45 36 06 00"},
    {'E', "40 00 06 46/03 33"},
    {'F', "40 00 06/03 33"},
    {'G', "41 30 10 01 05 16 36 45 43 23"},
    {'H', "00 06/40 46/03 43"},
    {'I', "10 30/20 26/16 36"},
    {'J', "40 45 36 16 05"},
    {'K', "00 06/40 03 46"},
    {'L', "00 06 46"},
    {'M', "06 00 23 40 46"},
    {'N', "06 00 46 40"},
    {'O', "10 30 41 45 36 16 05 01 10"},
    {'P', "06 00 30 41 42 33 03"},
    {'Q', "10 30 41 45 36 16 05 01 10/24 46"},
    {'R', "06 00 30 41 42 33 03/23 46"},
    {'S', "41 30 10 01 02 13 33 44 45 36 16 05"},
    {'T', "00 40/20 26"},
    {'U', "00 05 16 36 45 40"},
    {'V', "00 26 40"},
    {'W', "00 16 22 36 40"},
    {'X', "00 46/40 06"},
    {'Y', "00 23 40/23 26"},
    {'Z', "00 40 06 46"},
    {'a', "12 32 43 46/44 14 05 16 36 45"},
    {'b', "00 06/03 12 32 43 45 36 16 05"},
    {'c', "43 32 12 03 05 16 36 45"},
    {'d', "40 46/43 32 12 03 05 16 36 45"},
    {'e', "04 44 43 32 12 03 05 16 36 45"},
    {'f', "40 30 21 26/12 32"},
    {'g', "42 47 38 18 07/43 32 12 03 05 16 36 45"},
    {'h', "00 06/03 12 32 43 46"},
    {'i', "22 26/20 20"},
    {'j', "22 27 18/20 20"},
    {'k', "00 06/32 04 36"},
    {'l', "20 26"},
    {'m', "02 06/03 12 23 26/23 32 43 46"},
    {'n', "02 06/03 12 32 43 46"},
    {'o', "12 32 43 45 36 16 05 03 12"},
    {'p', "02 08/03 12 32 43 45 36 16 05"},
    {'q', "42 48/43 32 12 03 05 16 36 45"},
    {'r', "02 06/04 22 32"},
    {'s', "43 32 12 03 14 34 45 36 16 05"},
    {'t', "20 25 36/12 32"},
    {'u', "02 05 16 36 45/42 46"},
    {'v', "02 26 42"},
    {'w', "02 16 23 36 42"},
    {'x', "02 46/42 06"},
    {'y', "02 05 16 36 45/42 47 38 18 07"},
    {'z', "02 42 06 46"},
    {'.', "26 26"},
    {',', "25 26 17"},
    {':', "23 23/26 26"},
    {';', "23 23/25 26 17"},
    {'-', "03 33"},
    {'+', "03 43/21 25"},
    {'=', "02 42/04 44"},
    {'%', "40 06/00 10 11 01 00/35 45 46 36 35"},
    {'(', "30 12 14 36"},
    {')', "10 32 34 16"},
    {'[', "30 10 16 36"},
    {']', "10 30 36 16"},
    {'/', "40 06"},
    {'_', "06 46"},
    {'\'', "20 21"},
    {'"', "10 11/30 31"},
    {'<', "41 03 45"},
    {'>', "01 43 05"},
    {'!', "20 24/26 26"},
    {'?', "01 10 30 41 42 24/26 26"},
    {'*', "21 25/02 44/42 04"},
});

std::string_view glyph_of(char letter) {
    const auto found = std::ranges::find(glyphs, letter, [](const auto& g) { return g.first; });
    return found == glyphs.end() ? box : found->second;
}

struct Extent {
    double left = 9;
    double right = 0;
};

// Reads a glyph's strokes; `extent` grows to its columns.
std::vector<Stroke> read_glyph(std::string_view glyph, Extent& extent) {
    std::vector<Stroke> strokes(1);
    for (std::size_t i = 0; i + 1 < glyph.size(); i += 3) {
        const double x = glyph[i] - '0';
        const double y = glyph[i + 1] - '0';
        extent.left = std::min(extent.left, x);
        extent.right = std::max(extent.right, x);
        strokes.back().push_back({x, y});
        if (i + 2 < glyph.size() && glyph[i + 2] == '/') {
            strokes.emplace_back();
        }
    }
    return strokes;
}

// Lays out the text; returns the position after the last letter's gap.
double lay_out(std::string_view text, std::vector<Stroke>* out) {
    double position = 0;
    for (const char letter : text) {
        if (letter == ' ') {
            position += blank_width + letter_gap;
            continue;
        }
        Extent extent;
        for (Stroke& stroke : read_glyph(glyph_of(letter), extent)) {
            if (out == nullptr) {
                continue;
            }
            for (FontPoint& point : stroke) {
                point.x += position - extent.left;
            }
            out->push_back(std::move(stroke));
        }
        position += extent.right - extent.left + letter_gap;
    }
    return position;
}

}  // namespace

std::vector<Stroke> text_strokes(std::string_view text) {
    std::vector<Stroke> strokes;
    lay_out(text, &strokes);
    return strokes;
}

double text_width(std::string_view text) {
    return text.empty() ? 0 : lay_out(text, nullptr) - letter_gap;
}

}  // namespace msunet::report
