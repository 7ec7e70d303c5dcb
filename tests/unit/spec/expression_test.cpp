#include "spec/expression.h"

#include "spec/scalars.h"
#include "support/catch.h"

namespace mlpipe {

namespace {

std::string shown(std::string_view text, bool groups = false) {
  std::string all;
  for (const auto& piece : split_expressions(text, groups)) {
    switch (piece.kind) {
      case Piece::Kind::text:
        all += piece.text;
        break;
      case Piece::Kind::reference:
        all += "<" + std::to_string(static_cast<int>(piece.reference.scope)) + ":" +
               piece.reference.step + "/" + piece.reference.name + ">";
        break;
      case Piece::Kind::group_begin:
        all += "<[";
        break;
      case Piece::Kind::group_end:
        all += "]>";
        break;
      case Piece::Kind::bad:
        all += "<bad " + piece.text + ">";
        break;
    }
  }
  return all;
}

}  // namespace

TEST_CASE("each kind of expression is known, with and without blanks") {
  CHECK(shown("a ${{inputs.x}} b") == "a <0:/x> b");
  CHECK(shown("${{ outputs.x }}") == "<1:/x>");
  CHECK(shown("${{  parameters.x}}${{parent.inputs.y}}") == "<2:/x><3:/y>");
  CHECK(shown("${{parent.outputs.x}}") == "<4:/x>");
  CHECK(shown("${{steps.a-b.outputs.x}}") == "<5:a-b/x>");
  CHECK(shown("${{parent.jobs.a.outputs.x}}") == "<5:a/x>");
  CHECK(shown("${{parent.jobs.a.inputs.x}}") == "<6:a/x>");
  CHECK(shown("${{search_space.x}}") == "<7:/x>");
  CHECK(shown("${{name}}") == "<8:/name>");
  CHECK(shown("${{output_name}}/${{ default_datastore }}") ==
        "<9:/output_name>/<10:/default_datastore>");
  CHECK(shown("${{jobs.a.outputs.x}}") == "<5:a/x>");  // the old form
  CHECK(shown("${{creation_context.trigger_time}}") == "<11:/trigger_time>");
}

TEST_CASE("dollars that begin no expression are text") {
  CHECK(shown("$HOME $(ls) ${x} $$ $") == "$HOME $(ls) ${x} $$ $");
  CHECK(shown("$${{inputs.x}}") == "${{inputs.x}}");
  CHECK(shown("[[ -f x ]] $[[a]]") == "[[ -f x ]] $[[a]]");
  CHECK(shown("$$[[a]]", true) == "$[[a]]");
}

TEST_CASE("optional parts are found, and brackets outside of them are text") {
  CHECK(shown("a $[[--x ${{inputs.x}}]] b", true) == "a <[--x <0:/x>]> b");
  CHECK(shown("if [[ -f x ]]; then", true) == "if [[ -f x ]]; then");
  CHECK(shown("$[[a[0] ]]", true) == "<[a[0] ]>");
}

TEST_CASE("what is no expression says so") {
  CHECK(shown("${{inputs.x") == "<bad '${{' begins an expression that has no '}}'>");
  CHECK(shown("${{inputs.x\n}}") == "<bad '${{' begins an expression that has no '}}'>\n}}");
  CHECK(shown("${{parents.outputs.x}}") == "<bad unknown expression '${{parents.outputs.x}}'>");
  CHECK(shown("${{}}") == "<bad unknown expression '${{}}'>");
  CHECK(shown("${{inputs.a b}}") == "<bad unknown expression '${{inputs.a b}}'>");
  CHECK(shown("$[[--x", true) == "<[--x<bad '$[[' begins an optional part that has no ']]'>");
  CHECK(shown("$[[a $[[b]]", true) ==
        "<[a <bad '$[[' begins an optional part inside another one>b]>");
}

TEST_CASE("scalars have the types of YAML 1.2") {
  const auto type = [](std::string_view text) { return type_name(plain_type(text)); };
  for (const auto* text : {"1", "-1", "+1", "010"}) CHECK(type(text) == "integer");
  for (const auto* text : {"1.", ".5", "1e-3", "-0.10", ".inf", "-.inf", "1E5", ".nan"})
    CHECK(type(text) == "number");
  for (const auto* text : {"true", "True", "FALSE"}) CHECK(type(text) == "boolean");
  for (const auto* text : {"yes", "12:30", "1_000", "", "-", "nan", "inf", "1.2.3", "tRUE", "+-1"})
    CHECK(type(text) == "string");
}

TEST_CASE("memory needs a unit") {
  CHECK(parse_memory("8GB") == 8'000'000'000U);
  CHECK(parse_memory("512 MB") == 512'000'000U);
  CHECK(parse_memory("1.5GiB") == 1'610'612'736U);
  CHECK(parse_memory("2G") == 2'000'000'000U);
  for (const auto* text : {"8", "GB", "8XB", "-1GB", "0GB", "", "8gb", "1e30TB"})
    CHECK_FALSE(parse_memory(text));
}

TEST_CASE("names have letters, digits and underscores") {
  CHECK(is_name("a_1"));
  CHECK(is_name("a-1", true));
  for (const auto* text : {"", "1a", "a-b", "a b", "ä", "a.b", "-a"}) CHECK_FALSE(is_name(text));
}

}  // namespace mlpipe
