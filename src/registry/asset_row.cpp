#include "registry/asset_row.h"

#include "base/json.h"
#include "registry/asset_names.h"

namespace mlpipe {

AssetRecord read_asset(const Statement& row) {
  AssetRecord asset;
  asset.key = {row.integer(0)};
  asset.kind = parse_asset_kind(row.text(1)).value_or(AssetKind::data);
  asset.name = row.text(2);
  asset.version = row.text(3);
  asset.type = row.text(4);
  asset.display_name = row.text(5);
  asset.description = row.text(6);
  asset.tags = decode_texts(row.text(7));
  asset.properties = decode_texts(row.text(8));
  asset.created = from_micros(row.integer(9));
  asset.archived = from_micros(row.integer(10));
  asset.creator = {row.integer(11)};
  asset.run_id = row.text(12);
  asset.step = row.text(13);
  asset.definition = row.text(14);
  asset.path = row.text(15);
  if (!row.is_null(16)) asset.content = hash_from_bytes(row.text(16));
  asset.bytes = static_cast<std::uint64_t>(row.integer(17));
  asset.files = static_cast<std::uint64_t>(row.integer(18));
  if (const auto object = row.is_null(19) ? std::nullopt : hash_from_bytes(row.text(19)))
    asset.stored = OutputRecord{.name = row.text(20),
                                .object = *object,
                                .content_hash = asset.content.value_or(Hash{}),
                                .is_file = row.integer(21) != 0,
                                .executable = row.integer(22) != 0,
                                .file_name = row.text(23),
                                .bytes = asset.bytes,
                                .files = asset.files};
  return asset;
}

std::string encode_texts(const std::map<std::string, std::string>& texts) {
  return nlohmann::json(texts).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::map<std::string, std::string> decode_texts(std::string_view encoded) {
  std::map<std::string, std::string> texts;
  const auto object = parse_json_object(encoded);
  for (const auto& [name, value] : object.items())
    if (value.is_string()) texts[name] = value.get<std::string>();
  return texts;
}

}  // namespace mlpipe
