#include "core/frozen_spec.h"

#include "base/error.h"
#include "base/json.h"

namespace mlpipe {

namespace fs = std::filesystem;
using nlohmann::json;

namespace {

std::vector<std::string> texts_in(const json& list) {
  std::vector<std::string> texts;
  for (const auto& item : list) texts.push_back(item.get<std::string>());
  return texts;
}

json paths_of(const std::vector<fs::path>& paths) {
  json list = json::array();
  for (const auto& path : paths) list.push_back(path.native());
  return list;
}

FrozenSpec from_json(const json& object) {
  FrozenSpec spec{.file = object.at("file").get<std::string>()};
  for (const auto& [path, text] : object.at("texts").items())
    spec.texts[path] = text.get<std::string>();
  const auto texts_elsewhere = object.value("texts_elsewhere", json::object());
  for (const auto& [path, hash] : texts_elsewhere.items())
    spec.texts_elsewhere[path] = parse_hash(hash.get<std::string>()).value();
  for (const auto& each : object.at("sources")) {
    SourceKey key{.directory = each.at("directory").get<std::string>(),
                  .include = texts_in(each.at("include"))};
    for (auto& path : texts_in(each.at("added"))) key.added.emplace_back(std::move(path));
    for (auto& path : texts_in(each.at("left_out"))) key.left_out.emplace_back(std::move(path));
    spec.sources[std::move(key)] = parse_hash(each.at("object").get<std::string>()).value();
  }
  for (const auto& path : object.value("source_files", json::array()))
    spec.source_files.insert(path.get<std::string>());
  const auto hash_paths = object.value("hash_paths", json::object());
  for (const auto& [path, each] : hash_paths.items())
    spec.hash_paths[path] = {.hash = parse_hash(each.at("hash").get<std::string>()).value(),
                             .executable = each.at("executable").get<bool>()};
  const auto inputs = object.value("inputs", json::object());
  for (const auto& [path, each] : inputs.items())
    spec.inputs[path] = {.object = parse_hash(each.at("object").get<std::string>()).value(),
                         .file_name = each.at("file_name").get<std::string>()};
  return spec;
}

}  // namespace

SourceKey source_key(const Step& step) {
  return {.directory = step.sources->directory,
          .include = step.sources->include,
          .added = step.sources->added,
          .left_out = step.sources->left_out};
}

std::vector<Hash> FrozenSpec::objects() const {
  std::set<Hash> all;
  for (const auto& [key, object] : sources) all.insert(object);
  for (const auto& [path, input] : inputs) all.insert(input.object);
  return {all.begin(), all.end()};
}

std::optional<fs::path> FrozenSpec::frozen_input(const fs::path& path) const {
  const auto input = inputs.find(path);
  if (input == inputs.end()) return std::nullopt;
  const auto place = places.find(input->second.object);
  if (place == places.end()) return std::nullopt;
  return input->second.file_name.empty() ? place->second : place->second / input->second.file_name;
}

std::string encode(const FrozenSpec& spec) {
  json object = {
      {"file", spec.file.native()}, {"texts", json::object()}, {"sources", json::array()}};
  for (const auto& [path, text] : spec.texts) object["texts"][path.native()] = text;
  for (const auto& [path, hash] : spec.texts_elsewhere)
    object["texts_elsewhere"][path.native()] = hash.hex();
  for (const auto& [key, hash] : spec.sources) {
    object["sources"].push_back({{"directory", key.directory.native()},
                                 {"include", key.include},
                                 {"added", paths_of(key.added)},
                                 {"left_out", paths_of(key.left_out)},
                                 {"object", hash.hex()}});
  }
  for (const auto& path : spec.source_files) object["source_files"].push_back(path.native());
  for (const auto& [path, each] : spec.hash_paths)
    object["hash_paths"][path.native()] = {{"hash", each.hash.hex()},
                                           {"executable", each.executable}};
  for (const auto& [path, each] : spec.inputs)
    object["inputs"][path.native()] = {{"object", each.object.hex()},
                                       {"file_name", each.file_name}};
  try {
    return object.dump();
  } catch (const json::exception&) {
    fail(ErrorKind::invalid_file,
         "'{}' cannot be recorded: a path that it names is not UTF-8; rename that file or folder",
         spec.file.string());
  }
}

std::optional<FrozenSpec> decode_frozen_spec(std::string_view text) {
  try {
    return from_json(parse_json_object(text));
  } catch (const json::exception&) {
    return std::nullopt;
  } catch (const std::bad_optional_access&) {
    return std::nullopt;
  }
}

}  // namespace mlpipe
