#pragma once

#include <string>
#include <vector>

#include "cli/terminal.h"

namespace mlpipe {

/// Rows of text in aligned columns, for people. On a terminal no line is wider than it: columns
/// that may shrink are cut or wrapped, and where that leaves too little room, each row is written
/// as a few lines of its own, one cell a line. Elsewhere (a pipe, a file) nothing is changed.
class Table {
 public:
  enum class Align { left, right };

  struct Column {
    std::string head;
    Align align = Align::left;
    bool may_shrink = false;  ///< Long texts: reasons, paths.
    bool wraps = false;       ///< Shrunk, it goes on in further lines instead of being cut.
  };

  struct Cell {
    std::string text;  ///< Of several lines, the further ones stand below in the same column.
    Colour colour = Colour::plain;
  };

  explicit Table(std::vector<Column> columns) : columns_(std::move(columns)) {}

  /// A row; cells that are left out at the end are empty.
  void add(std::vector<Cell> row) { rows_.push_back(std::move(row)); }
  [[nodiscard]] bool empty() const { return rows_.empty(); }
  /// Columns of the terminal that it takes if nothing is cut.
  [[nodiscard]] std::size_t full_width() const;

  /// Every line ended by a newline; the head first, unless all heads are empty. Columns whose cells
  /// are all empty are left out.
  [[nodiscard]] std::string text(const Terminal& terminal) const;

 private:
  [[nodiscard]] std::vector<std::size_t> widths(std::size_t room) const;
  [[nodiscard]] bool fits(const std::vector<std::size_t>& widths, std::size_t room) const;
  [[nodiscard]] std::string in_columns(const std::vector<std::size_t>& width, std::size_t room,
                                       const Terminal& terminal) const;
  [[nodiscard]] std::string row_by_row(std::size_t room, const Terminal& terminal) const;

  std::vector<Column> columns_;
  std::vector<std::vector<Cell>> rows_;
};

}  // namespace mlpipe
