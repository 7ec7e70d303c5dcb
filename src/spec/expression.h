#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace mlpipe {

/// What a `${{…}}` names.
struct Reference {
  enum class Scope {
    own_input,          ///< inputs.x
    own_output,         ///< outputs.x
    parameter,          ///< parameters.x
    pipeline_input,     ///< parent.inputs.x
    pipeline_output,    ///< parent.outputs.x
    step_output,        ///< steps.a.outputs.b, parent.jobs.a.outputs.b
    step_input,         ///< steps.a.inputs.b, parent.jobs.a.inputs.b
    search_space,       ///< search_space.x: in a sweep's trial
    run_name,           ///< name: in the path of an output
    output_name,        ///< output_name: likewise
    default_datastore,  ///< default_datastore: likewise
    not_yet,            ///< creation_context.x and others that later versions serve
  };

  Scope scope = Scope::parameter;
  std::string step;  ///< For step_output and step_input.
  std::string name;
};

/// A piece of a text with expressions.
struct Piece {
  enum class Kind {
    text,
    reference,
    group_begin,  ///< `$[[`
    group_end,    ///< `]]`
    bad,          ///< Something wrong: `text` says what, `expected` what would be right.
  };

  Kind kind = Kind::text;
  std::string text;  ///< The text; of a reference, the whole expression as written.
  std::string expected;
  Reference reference;
};

/// Whether there is anything to do at all.
[[nodiscard]] inline bool has_expression(std::string_view text) {
  return text.find('$') != std::string_view::npos;
}

/// " ('${{parameters.x}}')" if the text holds an expression, else "": for a message about the value
/// that it has, which does not stand in the file at that place.
[[nodiscard]] std::string written_as(std::string_view text);

/// Cut a text at its expressions: `${{ … }}`, with `$${{` for a literal `${{`; where `groups` also
/// `$[[ … ]]`, with `$$[[` for a literal `$[[`. Neighbouring texts are one piece.
[[nodiscard]] std::vector<Piece> split_expressions(std::string_view text, bool groups);

}  // namespace mlpipe
