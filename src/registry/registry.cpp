#include "registry/registry.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/error.h"
#include "base/text.h"
#include "history/own_transaction.h"
#include "registry/asset_names.h"
#include "registry/asset_row.h"
#include "registry/asset_versions.h"

namespace mlpipe {

namespace {

constexpr std::string_view latest = "latest";
constexpr std::string_view default_label = "default";

/// In what two versions differ: "type and content"; "" if they are equal.
std::string difference(const AssetRecord& a, const AssetRecord& b) {
  std::vector<std::string> parts;
  if (a.type != b.type) parts.emplace_back("type");
  if (a.content != b.content) parts.emplace_back("content");
  if (a.content == b.content && a.stored && b.stored && a.stored->object != b.stored->object)
    parts.emplace_back("file name");  // an object holds a file's name too
  // Data is what lies at one place; of the others the place says nothing.
  const bool moved =
      !a.stored && !b.stored ? a.path != b.path : a.stored.has_value() != b.stored.has_value();
  if (a.kind == AssetKind::data && moved) parts.emplace_back("path");
  // A component's definition names the folder of that day; its content is what counts.
  if (a.kind != AssetKind::component && a.definition != b.definition)
    parts.emplace_back("definition");
  if (a.display_name != b.display_name) parts.emplace_back("display name");
  if (a.description != b.description) parts.emplace_back("description");
  if (a.tags != b.tags) parts.emplace_back("tags");
  if (a.properties != b.properties) parts.emplace_back("properties");
  if (parts.size() < 2) return parts.empty() ? "" : parts.front();
  const std::string last = parts.back();
  parts.pop_back();
  return fmt::format("{} and {}", fmt::join(parts, ", "), last);
}

/// What somebody uses is the same, whatever is said about it.
bool is_same_content(const AssetRecord& a, const AssetRecord& b) {
  return a.type == b.type && a.content == b.content &&
         (a.stored ? a.stored->object : Hash{}) == (b.stored ? b.stored->object : Hash{});
}

[[noreturn]] void refuse_other(const AssetRecord& there, const std::string& differs) {
  fail(ErrorKind::usage,
       "the {} '{}' exists already, since {}, and is another one: its {} differ{}; a version never "
       "changes: leave the version out for the next one, or choose another",
       asset_word(there.kind), there.id(), local_time_text(there.created), differs,
       differs.find(" and ") == std::string::npos && !differs.ends_with('s') ? "s" : "");
}

/// `versions`: the newest first.
const AssetRecord* highest_semantic(const std::vector<AssetRecord>& versions) {
  const AssetRecord* highest = nullptr;
  for (const auto& each : versions) {
    if (!is_semantic_version(each.version)) return nullptr;
    if (highest == nullptr || compare_semantic(each.version, highest->version) > 0) highest = &each;
  }
  return highest;
}

}  // namespace

void Registry::check_names(const AssetRecord& asset, const std::string& label) {
  const auto check = [&asset](const std::string& text, std::string_view what) {
    if (!is_asset_word(text))
      fail(ErrorKind::usage, "cannot register the {} '{}': {} must be {}; nothing was registered",
           asset_word(asset.kind), printable(asset.name),
           text.empty() ? fmt::format("{} is empty: it", what)
                        : fmt::format("{} '{}'", what, printable(text)),
           asset_name_rule);
  };
  check(asset.name, "the name");
  if (!asset.version.empty()) check(asset.version, "the version");
  if (!label.empty()) check(label, "the label");
  if (label == latest)
    fail(ErrorKind::usage,
         "cannot label the {} '{}': 'latest' names the newest version by itself; nothing was "
         "registered",
         asset_word(asset.kind), asset.name);
}

RegisteredAsset Registry::add(AssetRecord asset, const std::string& label) {
  check_names(asset, label);
  OwnTransaction transaction(history_);
  RegisteredAsset registered;
  if (const auto there =
          asset.version.empty() ? std::nullopt : version(asset.kind, asset.name, asset.version)) {
    if (const auto differs = difference(*there, asset); !differs.empty())
      refuse_other(*there, differs);
    registered = {*there, false};
  } else {
    registered = {insert(std::move(asset)), true};
  }
  if (!label.empty()) set_label(registered.record, label);
  transaction.commit();
  return registered;
}

RegisteredAsset Registry::add_if_changed(AssetRecord asset) {
  check_names(asset, {});
  OwnTransaction transaction(history_);
  std::optional<AssetRecord> there;
  if (asset.version.empty()) {
    const auto versions = versions_of(asset.kind, asset.name, false);
    if (!versions.empty() && is_same_content(versions.front(), asset)) there = versions.front();
  } else {
    there = version(asset.kind, asset.name, asset.version);
    if (there && !is_same_content(*there, asset))
      refuse_other(*there, there->type == asset.type ? "content" : "type");
  }
  RegisteredAsset registered =
      there ? RegisteredAsset{*there, false} : RegisteredAsset{insert(std::move(asset)), true};
  transaction.commit();
  return registered;
}

std::optional<AssetRecord> Registry::find(AssetKind kind, const AssetReference& reference) {
  if (!reference.version.empty() || !reference.label.empty()) {
    auto found = !reference.version.empty() ? version(kind, reference.name, reference.version)
                                            : labelled(kind, reference.name, reference.label);
    if (found) return found;
    if (versions_of(kind, reference.name, true).empty()) return std::nullopt;
    fail(ErrorKind::not_found, "the {} '{}' has no {} '{}'{}", asset_word(kind), reference.name,
         reference.version.empty() ? "label" : "version",
         printable(reference.version.empty() ? reference.label : reference.version),
         known_text(kind, reference.name));
  }
  const auto versions = versions_of(kind, reference.name, false);
  if (versions.empty()) {
    if (versions_of(kind, reference.name, true).empty()) return std::nullopt;
    fail(ErrorKind::not_found,
         "all versions of the {} '{}' are archived: name one of them, or `mlpipe {} restore {}`{}",
         asset_word(kind), reference.name, to_text(kind), reference.name,
         known_text(kind, reference.name));
  }
  if (kind == AssetKind::component) {
    if (auto chosen = labelled(kind, reference.name, default_label)) return chosen;
    if (const auto* highest = highest_semantic(versions)) return *highest;
  }
  return versions.front();
}

AssetRecord Registry::get(AssetKind kind, const AssetReference& reference) {
  if (auto found = find(kind, reference)) return std::move(*found);
  const auto known = names(kind);
  fail(ErrorKind::not_found, "there is no {} '{}'{}{}", asset_word(kind), printable(reference.name),
       did_you_mean(reference.name, known),
       known.empty() ? fmt::format("; none is registered in this workspace (`mlpipe {} create`)",
                                   to_text(kind))
                     : fmt::format("; `mlpipe {} list` shows all", to_text(kind)));
}

/// "; it has the versions 1, 2 (archived)", and the labels.
std::string Registry::known_text(AssetKind kind, const std::string& name) {
  constexpr std::size_t most_named = 10;
  std::vector<std::string> texts;
  const auto versions = versions_of(kind, name, true);
  for (const auto& each : versions) {
    if (texts.size() == most_named) {
      texts.push_back(fmt::format("and {} more", versions.size() - most_named));
      break;
    }
    auto names = labels_of(each);
    if (each.is_archived()) names.emplace_back("archived");
    texts.push_back(names.empty() ? each.version
                                  : fmt::format("{} ({})", each.version, fmt::join(names, ", ")));
  }
  return fmt::format("; it has {}", fmt::join(texts, ", "));
}

std::vector<AssetRecord> Registry::set_archived(AssetKind kind, const std::string& name,
                                                const std::string& version, bool archived) {
  OwnTransaction transaction(history_);
  auto wanted = version.empty() ? versions_of(kind, name, true)
                                : std::vector{get(kind, {.name = name, .version = version})};
  if (wanted.empty()) (void)get(kind, {.name = name});  // says what there is
  std::erase_if(wanted, [archived](const auto& each) { return each.is_archived() == archived; });
  for (auto& each : wanted) {
    each.archived = archived ? now() : TimePoint{};
    history_.database()
        .cached("UPDATE assets SET archived = ? WHERE key = ?")
        .bind(to_micros(each.archived))
        .bind(each.key.value)
        .run();
  }
  transaction.commit();
  return wanted;
}

}  // namespace mlpipe
