// Preloaded into mlpipe by tests/e2e/write_back_trade_test.sh: runs shell commands around the renames by which an output gets its place.
//   BEFORE1, AFTER1, BEFORE2, …   around the first, second, … rename of a copy beside a `path:`; KILL kills mlpipe there
//   PLAIN=1                       renameat2 knows no flags, as on NFS
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void deed(const char* when, int number) {
  char name[40];
  snprintf(name, sizeof name, "%s%d", when, number);
  const char* what = getenv(name);
  if (what == NULL) return;
  if (strcmp(what, "KILL") == 0) kill(getpid(), SIGKILL);
  char command[4000];
  snprintf(command, sizeof command, "env -u LD_PRELOAD sh -c '%s'", what);
  if (system(command) != 0) abort();
}

static int traded(int from_folder, const char* from, int to_folder, const char* to, unsigned flags) {
  static int number;
  int (*real)(int, const char*, int, const char*, unsigned);
  *(void**)&real = dlsym(RTLD_NEXT, "renameat2");
  const char* name = strrchr(from, '/');
  const char* other = strrchr(to, '/');
  if ((name == NULL || strncmp(name, "/.mlpipe-", 9) != 0) && (other == NULL || strncmp(other, "/.mlpipe-", 9) != 0))
    return real(from_folder, from, to_folder, to, flags);
  deed("BEFORE", ++number);
  const int result = real(from_folder, from, to_folder, to, flags);
  const int error = errno;
  deed("AFTER", number);
  errno = error;
  return result;
}

int renameat2(int from_folder, const char* from, int to_folder, const char* to, unsigned flags) {
  if (flags != 0 && getenv("PLAIN") != NULL) {
    errno = EINVAL;
    return -1;
  }
  return traded(from_folder, from, to_folder, to, flags);
}

int rename(const char* from, const char* to) { return traded(-100, from, -100, to, 0); }
