#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "spec/keyword.h"

namespace mlpipe {

/// The row of `word`; nullptr if there is none.
[[nodiscard]] const Keyword* find_keyword(Place place, Spelling spelling, std::string_view word);

/// The row that has this meaning(), which must exist.
[[nodiscard]] const Keyword& keyword_of(Place place, std::string_view meaning);

/// Our or CLI v2's word for what other tools call `word`: "script_name" for "script". Empty if
/// there is none.
[[nodiscard]] std::string_view word_of_other_tools(Place place, Spelling spelling,
                                                   std::string_view word);

/// What may be written, sorted.
[[nodiscard]] std::vector<std::string> known_words(Place place, Spelling spelling);

}  // namespace mlpipe
