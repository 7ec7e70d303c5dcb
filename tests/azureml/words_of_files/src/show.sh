#!/bin/sh
for _ in $(seq "$2"); do cat "$1"/*; done
echo new > "$1"/new
