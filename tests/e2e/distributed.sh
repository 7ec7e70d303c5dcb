#!/usr/bin/env bash
# Sourced by tests of steps of several processes.

pipeline() {  # pipeline "{type: pytorch, process_count_per_instance: 3}" 'command' ["another: line"] >p.yaml
  cat <<END
steps:
  train:
    distribution: $1
    ${3:-}
    outputs: {o: {type: uri_folder}}
    command: |
      $2
END
}

# To be enabled with the reader: until then these tests are skipped, and say so.
needs_distribution() {  # needs_distribution p.yaml
  local got=0
  mlpipe validate "$1" >out 2>err || got=$?
  if [[ $got != 0 ]] && grep -q "'distribution'" err; then
    skip "the reader of pipeline files does not read 'distribution' yet"
  fi
  [[ $got == 0 ]] || fail "$1 is not valid: $(cat err)"
}
