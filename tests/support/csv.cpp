// SPDX-License-Identifier: Apache-2.0
#include "support/csv.hpp"

#include <utility>

#include "msunet/core/error.hpp"
#include "msunet/core/file.hpp"
#include "msunet/core/text.hpp"

namespace msunet::test {

namespace {

using core::concat;

/// Splits a CSV text into rows and counts its lines, for messages.
class Reader {
public:
    Reader(std::string_view text, std::string_view source) : text_(text), source_(source) {}

    [[nodiscard]] bool at_end() const { return position_ == text_.size(); }

    std::vector<std::string> row() {
        row_line_ = line_;
        std::vector<std::string> cells;
        do {
            cells.push_back(cell());
        } while (take(','));
        if (position_ < text_.size()) {
            take('\r');
            if (!take('\n')) fail("text after a closing quote");
            ++line_;
        }
        return cells;
    }

    [[noreturn]] void fail(const std::string& problem) const {
        throw core::InputError(concat(core::quoted(source_), ", line ", row_line_,
                                      ": not a CSV table (", problem, ")"));
    }

private:
    bool take(char c) {
        if (position_ == text_.size() || text_[position_] != c) return false;
        ++position_;
        return true;
    }

    std::string cell() {
        if (!take('"')) {
            const std::size_t end = text_.find_first_of(",\r\n", position_);
            const std::size_t begin =
                std::exchange(position_, end == std::string_view::npos ? text_.size() : end);
            return std::string(text_.substr(begin, position_ - begin));
        }
        std::string out;
        while (true) {
            if (position_ == text_.size()) fail("a quote is not closed");
            const char c = text_[position_++];
            // A doubled quote is a quote, a single one ends the cell.
            if (c == '"' && !take('"')) return out;
            if (c == '\n') ++line_;
            out += c;
        }
    }

    std::string_view text_;
    std::string_view source_;
    std::size_t position_ = 0;
    std::size_t line_ = 1;
    std::size_t row_line_ = 1;
};

}  // namespace

CsvTable parse_csv(std::string_view text, std::string_view source) {
    Reader reader(text, source);
    if (reader.at_end()) reader.fail("it is empty");
    CsvTable table;
    table.header = reader.row();
    while (!reader.at_end()) {
        std::vector<std::string> row = reader.row();
        if (row.size() != table.header.size()) {
            reader.fail(concat(row.size(), " cells where the header has ", table.header.size()));
        }
        table.rows.push_back(std::move(row));
    }
    return table;
}

CsvTable read_csv(const std::filesystem::path& path) {
    return parse_csv(core::read_file(path), path.string());
}

}  // namespace msunet::test
