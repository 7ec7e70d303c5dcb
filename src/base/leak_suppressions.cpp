// For asan builds only: libgit2 1.5 forgets the memory of each pattern it matches, also when it
// opens a repository with submodules or extensions.
#if defined(__has_feature)
#if __has_feature(address_sanitizer)
// NOLINTBEGIN(bugprone-reserved-identifier,readability-identifier-naming)
extern "C" {
const char* __lsan_default_suppressions();
const char* __lsan_default_suppressions() { return "leak:libpcre2\n"; }
const char* __lsan_default_options();
const char* __lsan_default_options() { return "print_suppressions=0"; }
}
// NOLINTEND(bugprone-reserved-identifier,readability-identifier-naming)
#endif
#endif
