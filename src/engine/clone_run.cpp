#include "engine/clone_run.h"

#include <algorithm>
#include <set>

#include "base/error.h"
#include "base/file.h"
#include "base/json.h"
#include "base/text.h"

namespace mlpipe {

namespace fs = std::filesystem;

namespace {

/// The deepest folder that both are in or below; a folder is in itself.
fs::path common_folder(const fs::path& a, const fs::path& b) {
  fs::path common;
  for (auto i = a.begin(), j = b.begin(); i != a.end() && j != b.end() && *i == *j; ++i, ++j)
    common /= *i;
  return common;
}

bool is_below(const fs::path& path, const fs::path& folder) {
  return common_folder(path, folder) == folder;
}

bool is_folder(const fs::path& path) {
  const auto look = stat_link(path);
  return look && look->kind == FileKind::folder;
}

/// The paths on this machine of the data that the steps read, as the run recorded them.
std::set<fs::path> data_paths(const RunRecord& run) {
  std::set<fs::path> paths;
  const auto spec = parse_json_object(run.resolved_spec);
  const auto add_inputs_of = [&paths](const nlohmann::json& object) {
    const auto inputs = object.find("inputs");
    if (inputs == object.end() || !inputs->is_object()) return;
    for (const auto& input : *inputs)
      if (const auto path = text_in(input, "path"); path.starts_with("/"))
        paths.insert(fs::path(path).lexically_normal());
  };
  const auto add_hash_paths_of = [&paths](const nlohmann::json& step) {
    const auto list = step.find("hash_paths");
    if (list == step.end() || !list->is_array()) return;
    for (const auto& path : *list)
      if (path.is_string())
        paths.insert((fs::path(text_in(step, "source_directory")) / path.get<std::string>())
                         .lexically_normal());
  };
  add_inputs_of(spec);
  if (const auto steps = spec.find("steps"); steps != spec.end() && steps->is_array())
    for (const auto& step : *steps)
      if (step.is_object()) {
        add_inputs_of(step);
        add_hash_paths_of(step);
      }
  return paths;
}

/// The folder that becomes the clone's: of all files of the pipeline and all sources, and of the
/// data below `root`.
fs::path common_folder(const FrozenSpec& spec, const std::set<fs::path>& data,
                       const fs::path& root) {
  auto common = spec.file.parent_path();
  for (const auto& [path, text] : spec.texts) common = common_folder(common, path.parent_path());
  for (const auto& [key, object] : spec.sources) {
    if (!key.directory.empty()) common = common_folder(common, key.directory);
    for (const auto& added : key.added) common = common_folder(common, added.parent_path());
  }
  for (const auto& path : data)
    if (is_below(path, root)) common = common_folder(common, path.parent_path());
  return common;
}

class Clone {
 public:
  Clone(const EarlierRun& run, ObjectStore& store, const fs::path& root, const fs::path& folder)
      : run_(run),
        store_(store),
        data_(data_paths(run.record)),
        common_(common_folder(run.asked.spec, data_, root)) {
    cloned_.folder = fs::absolute(folder).lexically_normal();
    if (!cloned_.folder.has_filename()) cloned_.folder = cloned_.folder.parent_path();
    cloned_.file = place_of(run.asked.spec.file);
  }

  ClonedRun write() {
    require_all();
    const bool is_new = !stat_link(cloned_.folder);
    make_folders(cloned_.folder);
    try {
      write_all();
    } catch (...) {  // half a clone looks like a whole one
      for (const auto& name : list_names(cloned_.folder)) remove_tree(cloned_.folder / name);
      if (is_new) remove_tree(cloned_.folder);
      throw;
    }
    return std::move(cloned_);
  }

 private:
  [[nodiscard]] fs::path place_of(const fs::path& path) const {
    return (cloned_.folder / path.lexically_relative(common_)).lexically_normal();
  }

  void require_all() const {
    const auto& folder = cloned_.folder;
    if (stat_link(folder) && (!is_folder(folder) || !list_names(folder).empty()))
      fail(ErrorKind::usage, "cannot clone into '{}': it is {}; name a new folder",
           printable(folder.native()), is_folder(folder) ? "not empty" : "no folder");
    for (const auto& [key, object] : run_.asked.spec.sources)
      if (store_.check(object) != ObjectState::intact)
        fail(ErrorKind::not_found,
             "the sources of run {} in '{}' are not in the store any more: gc collected them, or "
             "they are damaged",
             run_.record.id, printable(key.directory.native()));
  }

  void write_all() {
    for (const auto& [key, object] : run_.asked.spec.sources) {
      write_sources(key, object);
      note_if_absolute(key.directory);
    }
    for (const auto& [path, text] : run_.asked.spec.texts) {
      if (stat_link(place_of(path))) continue;  // among the sources
      make_folders(place_of(path).parent_path());
      write_file_atomically(place_of(path), text);
      ++cloned_.files;
    }
    for (const auto& path : data_) link_to(path);
  }

  /// Where a file says the whole path, what lies there is run, and not the copy.
  void note_if_absolute(const fs::path& directory) {
    if (std::any_of(run_.asked.spec.texts.begin(), run_.asked.spec.texts.end(),
                    [&](const auto& text) {
                      return !directory.empty() &&
                             text.second.find(directory.native()) != std::string::npos;
                    }))
      cloned_.absolute.push_back(directory);
  }

  void write_sources(const SourceKey& key, const Hash& object) {
    const TemporaryFolder beside(cloned_.folder);
    store_.copy_content(object, beside.path(), true);
    for (const auto& name : list_names(beside.path())) {
      const auto added =
          std::find_if(key.added.begin(), key.added.end(),
                       [&name](const fs::path& path) { return path.filename() == name; });
      move_in(beside.path() / name,
              place_of(added == key.added.end() ? key.directory / name : *added));
    }
  }

  [[nodiscard]] static bool is_same(const fs::path& a, const fs::path& b) {
    const auto kind = stat_link(a)->kind;
    if (kind != stat_link(b)->kind) return false;
    return kind == FileKind::link ? fs::read_symlink(a) == fs::read_symlink(b)
                                  : kind == FileKind::file && read_file(a) == read_file(b);
  }

  /// What is there already is the same, or of another version of the sources.
  void move_in(const fs::path& from, const fs::path& to) {
    make_folders(to.parent_path());
    if (is_folder(from) && (is_folder(to) || !stat_link(to))) {
      make_folders(to);
      for (const auto& name : list_names(from)) move_in(from / name, to / name);
    } else if (!stat_link(to)) {
      rename_path(from, to);
      ++cloned_.files;
    } else if (!is_same(from, to)) {
      cloned_.conflicts.push_back(to);
    }
  }

  /// Data that lie where relative paths lead; not below what was written or is a link already.
  void link_to(const fs::path& path) {
    const auto place = place_of(path);
    if (!is_below(path, common_) || path == common_) {
      cloned_.unreachable.push_back(path);
      return;
    }
    if (stat_link(place) || !stat_file(path)) return;
    for (auto folder = place.parent_path(); folder != cloned_.folder; folder = folder.parent_path())
      if (const auto look = stat_link(folder); look && look->kind != FileKind::folder) return;
    make_folders(place.parent_path());
    fs::create_symlink(path, place);
    cloned_.links.emplace_back(place, path);
  }

  const EarlierRun& run_;
  ObjectStore& store_;
  std::set<fs::path> data_;
  fs::path common_;
  ClonedRun cloned_;
};

}  // namespace

ClonedRun clone_run(const EarlierRun& run, ObjectStore& store, const fs::path& root,
                    const fs::path& folder) {
  return Clone(run, store, root, folder).write();
}

}  // namespace mlpipe
