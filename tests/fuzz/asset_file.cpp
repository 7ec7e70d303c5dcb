// The file of `az ml data|model|environment create`, and the conda file that an environment's may
// name: read, or refused with places inside it; what is read can be registered.
#include "engine/asset_file.h"

#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/file.h"
#include "base/text.h"
#include "fuzz/fuzz_target.h"
#include "registry/asset_names.h"
#include "registry/asset_row.h"

namespace mlpipe::fuzz {

namespace {

void check_record(const AssetRecord& record) {
  require(record.name.empty() || is_asset_word(record.name), "a name can be registered");
  require(record.version.empty() || is_asset_word(record.version), "a version can be, too");
  require(decode_texts(encode_texts(record.tags)) == record.tags, "its tags can be recorded");
  require(decode_texts(encode_texts(record.properties)) == record.properties,
          "so can its properties");
}

void check_definition(const DescribedAsset& asset, std::string_view conda_file) {
  const auto definition = nlohmann::json::parse(asset.record.definition, nullptr, false);
  require(definition.is_object(), "a definition is a JSON object", asset.record.definition);
  for (const auto& [name, value] : definition.items())
    require(value.is_string() && !value.get<std::string>().empty(), "of texts", name);
  require(definition.contains("image") == asset.path.empty(), "an image or a build context");
  if (!definition.contains("conda_file")) return;
  const auto text = definition["conda_file"].get<std::string>();
  require(text == conda_file || nlohmann::json::parse(text, nullptr, false).is_object(),
          "a conda file is what was in it, or what stood in its place", text);
}

}  // namespace

}  // namespace mlpipe::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace mlpipe;
  using namespace mlpipe::fuzz;
  static const ScratchFile file("asset.yml");
  const auto texts = texts_in(text_of(data, size), 2);
  file.write(texts[0]);
  write_file_atomically(file.folder() / "conda.yml", texts[1]);
  for (const auto kind : {AssetKind::data, AssetKind::model, AssetKind::environment}) {
    try {
      const auto asset = read_asset_file(kind, file.path());
      require(asset.record.kind == kind, "it is of the kind that was asked for");
      require(asset.folder == file.folder(), "paths count from the file's folder");
      check_record(asset.record);
      if (kind == AssetKind::environment) check_definition(asset, texts[1]);
    } catch (const Error& error) {
      require(error.kind() == ErrorKind::invalid_file, "a wrong file is called so", error.what());
      require_good_message(error.what(), file.path().native(), texts[0]);
    }
  }
  return 0;
}
