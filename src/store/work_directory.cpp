#include "store/work_directory.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>

#include "base/error.h"
#include "base/text.h"
#include "base/work_time.h"

namespace mlpipe {

namespace fs = std::filesystem;

namespace {

/// A folder whose parent is mostly there, and which is mostly not there itself.
void make_inner_folder(const fs::path& path) {
  if (::mkdir(path.c_str(), 0777) != 0) make_folders(path);  // tells why, if it cannot be made
}

/// Empty, whatever an earlier attempt left.
void make_root(const fs::path& root) {
  if (::mkdir(root.c_str(), 0777) == 0) return;
  remove_tree(root);
  make_folders(root);
}

}  // namespace

void make_work_directory(const DirectoryPlan& plan, const ObjectStore& store) {
  const WorkTimer timer(Work::preparing);
  const auto& directory = plan.directory;
  make_root(directory.root);
  make_inner_folder(directory.code());
  make_inner_folder(directory.temporary());
  store.copy_content(plan.source, directory.code(), true);
  make_inner_folder(directory.artifacts());
  make_inner_folder(directory.logs());
  if (!plan.outputs.empty()) make_inner_folder(directory.root / "outputs");
  for (const auto& output : plan.outputs) make_inner_folder(directory.output_folder(output));
  if (plan.isolated) {
    make_folders(directory.private_home());
    make_folders(directory.private_tmp());
  }
  for (const auto& copy : plan.copies) {
    const auto to = directory.input_copy(copy.input);
    make_folders(to);
    store.copy_content(copy.object, to, true);
  }
}

bool is_inside(const fs::path& root, const fs::path& folder) {
  fs::path at = root;
  for (const auto& part : folder.lexically_relative(root)) {
    const auto look = stat_link(at);
    if (!look || look->kind != FileKind::folder) return false;
    if (part != ".") at /= part;
  }
  const auto look = stat_link(at);
  return look && look->kind == FileKind::folder;
}

namespace {

/// What lies beside an output that was not made and looks like it: "model.txt" for "model".
std::string look_alike(const fs::path& expected) {
  const auto folder = expected.parent_path();
  const auto look = stat_link(folder);
  if (!look || look->kind != FileKind::folder) return {};
  const auto names = list_names(folder);
  const std::string wanted = expected.filename().native() + ".";
  for (const auto& name : names)
    if (name.starts_with(wanted))
      return fmt::format("; it made '{}': set `file_name: {}` on the output, or write to '{}'",
                         printable(name), printable(name), printable(expected.filename().native()));
  return names.empty() ? std::string()
                       : fmt::format("; beside it there is '{}'", printable(names.front()));
}

/// Why an output is not there as declared; "" if it is.
std::string missing_output(const DeclaredOutput& output, const fs::path& path) {
  const auto look = stat_file(path);
  const bool wants_file = !output.file_name.empty();
  if (!look && stat_link(path))
    return fmt::format("its output '{}' at '{}' is a link that leads nowhere", output.name,
                       printable(path.native()));
  if (!look)
    return fmt::format(
        "it ended with exit code 0 but did not make its output '{}': there is nothing at '{}'{}",
        output.name, printable(path.native()), look_alike(path));
  if (wants_file && look->kind == FileKind::folder)
    return fmt::format(
        "its output '{}' is declared a file (uri_file), and it made a folder at '{}'; write a file "
        "there, or declare it `type: uri_folder`",
        output.name, printable(path.native()));
  if (!wants_file && look->kind != FileKind::folder)
    return fmt::format(
        "its output '{}' is declared a folder (uri_folder), and it made {} at '{}'; write into a "
        "folder there{}",
        output.name,
        look->kind == FileKind::file ? "a file" : "something else (a FIFO, socket or device)",
        printable(path.native()),
        look->kind == FileKind::file ? ", or declare it `type: uri_file`" : "");
  return {};
}

/// False if it is no real folder: what a link in its place leads to is not ours.
bool take_rights_of(const fs::path& folder) {
  struct stat look {};
  if (::lstat(folder.c_str(), &look) != 0 || !S_ISDIR(look.st_mode)) return false;
  if ((look.st_mode & S_IRWXU) != S_IRWXU)
    (void)::chmod(folder.c_str(), 0700);  // what cannot be read is told where it is read
  return true;
}

/// A step may have taken all rights from the folders it was given, and so from us. Outer ones come
/// first: without rights on them nothing is seen inside.
void take_rights_back(const WorkDirectory& directory, const std::vector<DeclaredOutput>& outputs) {
  if (!take_rights_of(directory.root)) return;
  if (take_rights_of(directory.code())) {
    (void)take_rights_of(directory.artifacts());
    (void)take_rights_of(directory.logs());
  }
  if (outputs.empty() || !take_rights_of(directory.root / "outputs")) return;
  for (const auto& output : outputs) (void)take_rights_of(directory.output_folder(output.name));
}

/// What the step left in ./outputs belongs to its output `artifacts`, if it has one: the next step
/// finds it there as outputs/ (azureml.md 3.6).
void move_artifacts(const WorkDirectory& directory, const DeclaredOutput& output) {
  const auto from = directory.artifacts();
  const auto to = output.in(directory);
  if (!is_inside(directory.root, from) || !is_inside(directory.root, to))
    return;  // what is wrong with the output is told when it is looked at
  make_folders(to / "outputs");
  if (!is_inside(directory.root, to / "outputs")) return;
  for (const auto& name : list_names(from))
    if (::renameat2(AT_FDCWD, (from / name).c_str(), AT_FDCWD, (to / "outputs" / name).c_str(),
                    RENAME_NOREPLACE) != 0)
      fail_errno(errno, fmt::format("cannot move '{}' into the output '{}'",
                                    printable((from / name).native()), output.name));
}

bool has_entries(const fs::path& folder) {
  const auto look = stat_link(folder);
  return look && look->kind == FileKind::folder && !list_names(folder).empty();
}

}  // namespace

std::string settle_outputs(const WorkDirectory& directory,
                           const std::vector<DeclaredOutput>& outputs) {
  take_rights_back(directory, outputs);
  for (const auto& output : outputs)
    if (output.artifacts) move_artifacts(directory, output);
  for (const auto& output : outputs)
    if (auto failure = missing_output(output, output.in(directory)); !failure.empty())
      return failure;
  return {};
}

TakenOutputs take_outputs(const WorkDirectory& directory,
                          const std::vector<DeclaredOutput>& outputs,
                          const std::vector<KeptFolder>& kept, ObjectStore& store) {
  TakenOutputs taken;
  try {
    for (const auto& output : outputs)
      taken.outputs.push_back({output.name, store.add_output(output.in(directory))});
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::invalid_file) throw;
    taken.failure = error.what();  // a dangling link, a socket: the step's doing
    return taken;
  }
  if (kept.empty() || !is_inside(directory.root, directory.code())) return taken;
  for (const auto& [name, folder] : kept) {
    const auto path = directory.code() / folder;
    if (!has_entries(path)) continue;
    try {
      taken.outputs.push_back({name, store.add_output(path)});
    } catch (const Error& error) {
      if (error.kind() != ErrorKind::invalid_file) throw;
      taken.warnings.push_back(fmt::format("./{} is not kept: {}", folder, error.what()));
    }
  }
  return taken;
}

}  // namespace mlpipe
