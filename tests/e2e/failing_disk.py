#!/usr/bin/python3
"""A folder seen through a disk that fails: failing_disk.py FOLDER MOUNTPOINT CONTROL

While the file CONTROL holds "read", "write", "flush" or "all", each such call fails with EIO; with a second
word only that of files whose path contains it."""
import errno
import os
import sys

import fusepy as fuse


class FailingDisk(fuse.Operations):
    def __init__(self, root, control):
        self.root, self.control = root, control

    def place(self, path):
        return os.path.join(self.root, path.lstrip("/"))

    def fail_if(self, what, path):
        try:
            with open(self.control, encoding="utf8") as file:
                words = file.read().split()
        except FileNotFoundError:
            return
        if words and words[0] in (what, "all") and (len(words) == 1 or words[1] in path):
            raise fuse.FuseOSError(errno.EIO)

    def getattr(self, path, fh=None):
        look = os.lstat(self.place(path))
        names = ("st_mode", "st_nlink", "st_uid", "st_gid", "st_size", "st_atime", "st_mtime", "st_ctime", "st_ino")
        return {name: getattr(look, name) for name in names}

    def readdir(self, path, fh):
        return [".", "..", *os.listdir(self.place(path))]

    def readlink(self, path):
        return os.readlink(self.place(path))

    def open(self, path, flags):
        return os.open(self.place(path), flags & ~os.O_APPEND)

    def create(self, path, mode, fi=None):
        self.fail_if("write", path)
        return os.open(self.place(path), os.O_RDWR | os.O_CREAT, mode)

    def read(self, path, size, offset, fh):
        self.fail_if("read", path)
        return os.pread(fh, size, offset)

    def write(self, path, data, offset, fh):
        self.fail_if("write", path)
        return os.pwrite(fh, data, offset)

    def truncate(self, path, length, fh=None):
        self.fail_if("write", path)
        os.truncate(self.place(path), length)

    def fsync(self, path, datasync, fh):
        self.fail_if("flush", path)

    def fsyncdir(self, path, datasync, fh):
        self.fail_if("flush", path)

    def release(self, path, fh):
        os.close(fh)

    def mkdir(self, path, mode):
        self.fail_if("write", path)
        os.mkdir(self.place(path), mode)

    def rename(self, old, new):
        self.fail_if("write", new)
        os.rename(self.place(old), self.place(new))

    def symlink(self, target, source):
        os.symlink(source, self.place(target))

    def unlink(self, path):
        os.unlink(self.place(path))

    def rmdir(self, path):
        os.rmdir(self.place(path))

    def chmod(self, path, mode):
        os.chmod(self.place(path), mode)

    def chown(self, path, uid, gid):
        os.chown(self.place(path), uid, gid)

    def utimens(self, path, times=None):
        os.utime(self.place(path), times)

    def statfs(self, path):
        look = os.statvfs(self.place(path))
        return {name: getattr(look, name) for name in ("f_bsize", "f_frsize", "f_blocks", "f_bfree", "f_bavail", "f_namemax")}


fuse.FUSE(FailingDisk(sys.argv[1], sys.argv[3]), sys.argv[2], foreground=True, nothreads=True, use_ino=True,
          attr_timeout=0, entry_timeout=0)
