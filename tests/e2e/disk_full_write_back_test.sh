#!/usr/bin/env bash
# A path: on a full disk: told, nothing half left there, the output kept; with room the copy is made.
. "$(dirname "$0")/faults.sh"

mount_small 2m
cat >p.yaml <<'END'
steps:
  a:
    command: head -c 4000000 /dev/zero > ${{outputs.file}}; cp ${{outputs.file}} ${{outputs.folder}}/x
    outputs:
      file: {type: uri_file, path: disk/file}
      folder: {type: uri_folder, path: disk/folder}
END
expect_code 3 mlpipe run p.yaml
expect_err "output 'file' could not be copied to '$work/disk/file'"
expect_err "(free some space there, then run again)"
expect_equal "$(ls -A disk)" "" "left on the disk"
expect_equal "$(ask_run latest "steps['a']['status']")" Completed
expect_sound_database
mount -o remount,size=16m disk
expect_code 0 mlpipe run p.yaml
expect_executed ""
expect_equal "$(stat -c %s disk/file disk/folder/x | xargs)" "4000000 4000000"
