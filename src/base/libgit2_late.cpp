// libgit2's functions, found when they are first called.
//
// A run that has nothing to do takes a few milliseconds; loading libgit2 with its twenty libraries
// takes as long again, and `mlpipe show` never needs it. So the program is not linked with it: each
// function that git_libgit2.cpp uses is defined here and calls the real one. Without the library
// git_libgit2_init() fails, and the `git` program is asked instead.
#include <dlfcn.h>
#include <git2.h>

namespace {

/// The library's function of this name; null if there is no library. Never unloaded.
template <class Function>
Function* late(const char* name) {
  static void* const library = ::dlopen("libgit2.so." LIBGIT2_SOVERSION, RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) return nullptr;
  return reinterpret_cast<Function*>(::dlsym(library, name));  // NOLINT(*-reinterpret-cast)
}

}  // namespace

extern "C" {

int git_attr_get(const char** value_out, git_repository* repo, uint32_t flags, const char* path,
                 const char* name) {
  return late<decltype(git_attr_get)>("git_attr_get")(value_out, repo, flags, path, name);
}

git_attr_value_t git_attr_value(const char* attr) {
  return late<decltype(git_attr_value)>("git_attr_value")(attr);
}

void git_commit_free(git_commit* commit) {
  late<decltype(git_commit_free)>("git_commit_free")(commit);
}

int git_commit_lookup(git_commit** commit, git_repository* repo, const git_oid* id) {
  return late<decltype(git_commit_lookup)>("git_commit_lookup")(commit, repo, id);
}

int git_commit_tree(git_tree** tree_out, const git_commit* commit) {
  return late<decltype(git_commit_tree)>("git_commit_tree")(tree_out, commit);
}

void git_config_free(git_config* cfg) { late<decltype(git_config_free)>("git_config_free")(cfg); }

void git_config_iterator_free(git_config_iterator* iter) {
  late<decltype(git_config_iterator_free)>("git_config_iterator_free")(iter);
}

int git_config_iterator_new(git_config_iterator** out, const git_config* cfg) {
  return late<decltype(git_config_iterator_new)>("git_config_iterator_new")(out, cfg);
}

int git_config_next(git_config_entry** entry, git_config_iterator* iter) {
  return late<decltype(git_config_next)>("git_config_next")(entry, iter);
}

int git_config_parse_bool(int* out, const char* value) {
  return late<decltype(git_config_parse_bool)>("git_config_parse_bool")(out, value);
}

void git_diff_free(git_diff* diff) { late<decltype(git_diff_free)>("git_diff_free")(diff); }

int git_diff_options_init(git_diff_options* opts, unsigned int version) {
  return late<decltype(git_diff_options_init)>("git_diff_options_init")(opts, version);
}

int git_diff_print(git_diff* diff, git_diff_format_t format, git_diff_line_cb print_cb,
                   void* payload) {
  return late<decltype(git_diff_print)>("git_diff_print")(diff, format, print_cb, payload);
}

int git_diff_tree_to_workdir_with_index(git_diff** diff, git_repository* repo, git_tree* old_tree,
                                        const git_diff_options* opts) {
  return late<decltype(git_diff_tree_to_workdir_with_index)>("git_diff_tree_to_workdir_with_index")(
      diff, repo, old_tree, opts);
}

const git_error* git_error_last() { return late<decltype(git_error_last)>("git_error_last")(); }

size_t git_index_entrycount(const git_index* index) {
  return late<decltype(git_index_entrycount)>("git_index_entrycount")(index);
}

void git_index_free(git_index* index) { late<decltype(git_index_free)>("git_index_free")(index); }

const git_index_entry* git_index_get_byindex(git_index* index, size_t n) {
  return late<decltype(git_index_get_byindex)>("git_index_get_byindex")(index, n);
}

int git_libgit2_init() {
  auto* const init = late<decltype(git_libgit2_init)>("git_libgit2_init");
  return init == nullptr ? -1 : init();
}

int git_libgit2_shutdown() {
  return late<decltype(git_libgit2_shutdown)>("git_libgit2_shutdown")();
}

int git_oid_fmt(char* out, const git_oid* id) {
  return late<decltype(git_oid_fmt)>("git_oid_fmt")(out, id);
}

int git_oid_fromstr(git_oid* out, const char* str) {
  return late<decltype(git_oid_fromstr)>("git_oid_fromstr")(out, str);
}

void git_reference_free(git_reference* ref) {
  late<decltype(git_reference_free)>("git_reference_free")(ref);
}

int git_reference_lookup(git_reference** out, git_repository* repo, const char* name) {
  return late<decltype(git_reference_lookup)>("git_reference_lookup")(out, repo, name);
}

int git_reference_name_to_id(git_oid* out, git_repository* repo, const char* name) {
  return late<decltype(git_reference_name_to_id)>("git_reference_name_to_id")(out, repo, name);
}

const char* git_reference_symbolic_target(const git_reference* ref) {
  return late<decltype(git_reference_symbolic_target)>("git_reference_symbolic_target")(ref);
}

git_reference_t git_reference_type(const git_reference* ref) {
  return late<decltype(git_reference_type)>("git_reference_type")(ref);
}

int git_repository_config_snapshot(git_config** out, git_repository* repo) {
  return late<decltype(git_repository_config_snapshot)>("git_repository_config_snapshot")(out,
                                                                                          repo);
}

void git_repository_free(git_repository* repo) {
  late<decltype(git_repository_free)>("git_repository_free")(repo);
}

int git_repository_index(git_index** out, git_repository* repo) {
  return late<decltype(git_repository_index)>("git_repository_index")(out, repo);
}

int git_repository_open_ext(git_repository** out, const char* path, unsigned int flags,
                            const char* ceiling_dirs) {
  return late<decltype(git_repository_open_ext)>("git_repository_open_ext")(out, path, flags,
                                                                            ceiling_dirs);
}

const char* git_repository_path(const git_repository* repo) {
  return late<decltype(git_repository_path)>("git_repository_path")(repo);
}

const char* git_repository_workdir(const git_repository* repo) {
  return late<decltype(git_repository_workdir)>("git_repository_workdir")(repo);
}

const git_status_entry* git_status_byindex(git_status_list* statuslist, size_t idx) {
  return late<decltype(git_status_byindex)>("git_status_byindex")(statuslist, idx);
}

size_t git_status_list_entrycount(git_status_list* statuslist) {
  return late<decltype(git_status_list_entrycount)>("git_status_list_entrycount")(statuslist);
}

void git_status_list_free(git_status_list* statuslist) {
  late<decltype(git_status_list_free)>("git_status_list_free")(statuslist);
}

int git_status_list_new(git_status_list** out, git_repository* repo,
                        const git_status_options* opts) {
  return late<decltype(git_status_list_new)>("git_status_list_new")(out, repo, opts);
}

int git_status_options_init(git_status_options* opts, unsigned int version) {
  return late<decltype(git_status_options_init)>("git_status_options_init")(opts, version);
}

void git_tree_free(git_tree* tree) { late<decltype(git_tree_free)>("git_tree_free")(tree); }

}  // extern "C"
