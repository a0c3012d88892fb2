/* What is left of files when the power is cut: preloaded into a process, it keeps beside each file
 * that the process writes in CUT_FROM a second one in CUT_TO, which gets written data only when they
 * are synced, as a disk with a cache does. New names of files (rename, unlink) get there when their
 * folder is synced. What is mapped into memory (SQLite's -shm) and locks are no such files.
 *
 * Build: cc -shared -fPIC -O2 -o power_cut.so power_cut.c -ldl -lpthread */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MOST 256
#define REAL(name) ((__typeof__(&name)) dlsym(RTLD_NEXT, #name))

static pthread_mutex_t one_at_a_time = PTHREAD_MUTEX_INITIALIZER;

/* Names that changed since the folder was last synced; an empty `to` is a file that was deleted. */
static struct { char from[NAME_MAX + 1], to[NAME_MAX + 1]; } changed[MOST];
static int changes;

static void fail(const char *what) {
  perror(what);
  abort();
}

static int ends_with(const char *text, const char *end) {
  size_t length = strlen(text), tail = strlen(end);
  return length >= tail && strcmp(text + length - tail, end) == 0;
}

/* The name of a file that lies directly in CUT_FROM, or NULL. */
static const char *name_of(const char *path) {
  const char *from = getenv("CUT_FROM");
  size_t length = from ? strlen(from) : 0;
  if (!length || strncmp(path, from, length) || path[length] != '/') return NULL;
  const char *name = path + length + 1;
  if (!*name || strchr(name, '/') || ends_with(name, "-shm") || ends_with(name, ".lock")) return NULL;
  return name;
}

static const char *kept(char *path, const char *name) {
  if (snprintf(path, PATH_MAX, "%s/%s", getenv("CUT_TO"), name) >= PATH_MAX) fail(name);
  return path;
}

/* Write down that this file is on the disk as it is now. */
static void keep(int file, const char *name) {
  char path[PATH_MAX], block[65536];
  int copy = open(kept(path, name), O_CREAT | O_WRONLY, 0600);
  if (copy < 0) fail(path);
  int source = file;
  if ((fcntl(file, F_GETFL) & O_ACCMODE) == O_WRONLY) {
    /* only then: closing another descriptor of a database would give up SQLite's locks on it */
    snprintf(path, sizeof path, "/proc/self/fd/%d", file);
    if ((source = open(path, O_RDONLY)) < 0) fail(path);
  }
  off_t at = 0;
  ssize_t count;
  while ((count = pread(source, block, sizeof block, at)) > 0) {
    if (pwrite(copy, block, count, at) != count) fail("pwrite");
    at += count;
  }
  if (count < 0 || ftruncate(copy, at)) fail(name);
  if (source != file) close(source);
  close(copy);
  for (int i = 0; i < changes; i++) /* it is there anew, whatever was deleted before */
    if (!changed[i].to[0] && !strcmp(changed[i].from, name)) changed[i].from[0] = 0;
}

static void keep_names(void) {
  char from[PATH_MAX], to[PATH_MAX];
  for (int i = 0; i < changes; i++) {
    if (!changed[i].from[0]) continue;
    kept(from, changed[i].from);
    int failed = changed[i].to[0] ? REAL(rename)(from, kept(to, changed[i].to)) : REAL(unlink)(from);
    if (failed && errno != ENOENT) fail(from);
  }
  changes = 0;
}

static void note(const char *from, const char *to) {
  if (!to) to = ""; /* it left the folder */
  if (changes == MOST) fail("too many names changed");
  snprintf(changed[changes].from, sizeof changed->from, "%s", from);
  snprintf(changed[changes++].to, sizeof changed->to, "%s", to);
}

static void synced(int file) {
  char link[64], path[PATH_MAX];
  struct stat state;
  int error = errno;
  if (!getenv("CUT_FROM")) return;
  snprintf(link, sizeof link, "/proc/self/fd/%d", file);
  ssize_t length = readlink(link, path, sizeof path - 1);
  if (length < 0 || fstat(file, &state)) fail(link);
  path[length] = 0;
  const char *name = name_of(path);
  pthread_mutex_lock(&one_at_a_time);
  if (S_ISDIR(state.st_mode)) {
    if (!strcmp(path, getenv("CUT_FROM"))) keep_names();
  } else if (name) {
    keep(file, name);
  }
  pthread_mutex_unlock(&one_at_a_time);
  errno = error;
}

/* `path` without a folder is one of CUT_FROM, in which the process works. */
static void renamed(const char *path, const char *to) {
  int error = errno;
  const char *from = *path == '/' ? name_of(path) : path;
  pthread_mutex_lock(&one_at_a_time);
  if (from && getenv("CUT_FROM")) note(from, to ? (*to == '/' ? name_of(to) : to) : "");
  pthread_mutex_unlock(&one_at_a_time);
  errno = error;
}

int fsync(int file) {
  int result = REAL(fsync)(file);
  if (!result) synced(file);
  return result;
}

int fdatasync(int file) {
  int result = REAL(fdatasync)(file);
  if (!result) synced(file);
  return result;
}

int rename(const char *from, const char *to) {
  int result = REAL(rename)(from, to);
  if (!result) renamed(from, to);
  return result;
}

int unlink(const char *path) {
  int result = REAL(unlink)(path);
  if (!result) renamed(path, NULL);
  return result;
}
