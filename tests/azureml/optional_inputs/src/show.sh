#!/bin/sh
to=$1
shift
printf '<%s>\n' "$@" >"$to"
