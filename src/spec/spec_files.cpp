#include "spec/spec_files.h"

#include <utility>

#include "base/error.h"
#include "base/text.h"
#include "spec/read_source.h"

namespace mlpipe {

namespace fs = std::filesystem;

namespace {

SourceText text_of(const fs::path& file, const FrozenSpec* frozen, std::string_view what,
                   const std::string& shown) {
  if (frozen == nullptr) {
    auto source = read_source(file, what);
    if (source.name() == shown) return source;
    return {shown, std::string(source.text())};
  }
  const auto found = frozen->texts.find(file);
  if (found == frozen->texts.end())
    fail(ErrorKind::not_found, "the {} '{}' is not among the recorded files of '{}'", what,
         printable(file.string()), printable(frozen->file.string()));
  return {shown, found->second};
}

}  // namespace

SpecFile& SpecFiles::open_first(const fs::path& file, std::vector<std::string> settings,
                                std::shared_ptr<const FrozenSpec> frozen) {
  const auto path = fs::absolute(file).lexically_normal();
  auto text =
      text_of(frozen ? path : file, frozen.get(), "pipeline file", printable(file.string()));
  return add(
      std::make_unique<SpecFile>(path, std::move(text), std::move(settings), std::move(frozen)));
}

SpecFile& SpecFiles::open(const fs::path& file, const std::shared_ptr<const FrozenSpec>& frozen,
                          std::string_view what, const std::string& shown) {
  if (const auto found = opened_.find({frozen.get(), file}); found != opened_.end())
    return *found->second;
  return add(std::make_unique<SpecFile>(file, text_of(file, frozen.get(), what, shown),
                                        std::vector<std::string>(), frozen));
}

std::shared_ptr<const FrozenSpec> SpecFiles::keep(const std::string& id, FrozenSpec spec) {
  auto& kept = registered_[id];
  if (!kept) kept = std::make_shared<const FrozenSpec>(std::move(spec));
  return kept;
}

SpecFile& SpecFiles::add(std::unique_ptr<SpecFile> file) {
  file->document = parse_yaml(file->source, file->problems);
  auto& added = *files_.emplace_back(std::move(file));
  opened_.emplace(std::pair(added.frozen.get(), added.path), &added);
  return added;
}

void SpecFiles::throw_if_any() const {
  std::vector<const Problems*> all;
  all.reserve(files_.size());
  for (const auto& file : files_) all.push_back(&file->problems);
  mlpipe::throw_if_any(all);
}

Problems& SpecFiles::problems_at(const SpecLocation& location) {
  for (const auto& file : files_)
    if (file->source.name() == *location.file) return file->problems;
  return files_.front()->problems;
}

std::vector<std::string> SpecFiles::warnings() const {
  std::vector<std::string> all;
  for (const auto& file : files_)
    for (auto& warning : file->problems.warnings()) all.push_back(std::move(warning));
  return all;
}

std::map<fs::path, std::string> SpecFiles::take_texts() {
  std::map<fs::path, std::string> all;
  for (const auto& file : files_)
    if (!is_registered(*file)) all.emplace(file->path, file->source.take_text());
  return all;
}

}  // namespace mlpipe
