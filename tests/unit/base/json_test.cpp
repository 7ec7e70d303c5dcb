#include "base/json.h"

#include "support/catch.h"

namespace mlpipe {

TEST_CASE("JSON that is nested too deeply is not taken, brackets in texts do not count") {
  const auto lists = [](std::size_t depth) {
    return std::string(depth, '[') + std::string(depth, ']');
  };
  CHECK(parse_json(lists(deepest_json)).is_array());
  CHECK(parse_json(lists(deepest_json + 1)).is_discarded());
  CHECK(parse_json(lists(10'000'000)).is_discarded());
  CHECK(parse_json('"' + std::string(1000, '[') + R"(\"[")").is_string());
  CHECK(parse_json("[1,").is_discarded());
  CHECK(parse_json_object("[]") == nlohmann::json::object());
  CHECK(parse_json_or_null("nonsense").is_null());
}

TEST_CASE("a member is put into an object's text as it is") {
  std::string object = R"({"a":1})";
  add_member(object, "b\"", R"([{"c": null}])");
  CHECK(nlohmann::json::parse(object) == nlohmann::json({{"a", 1}, {"b\"", {{{"c", nullptr}}}}}));
}

TEST_CASE("a text in JSON is empty where there is none") {
  const auto value = parse_json(R"({"a": "x", "b": 1})");
  CHECK(text_in(value, "a") == "x");
  CHECK(text_in(value, "b").empty());
  CHECK(text_in(value, "c").empty());
  CHECK(text_in(value["b"], "a").empty());
}

}  // namespace mlpipe
