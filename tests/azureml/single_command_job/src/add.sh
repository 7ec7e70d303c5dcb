#!/bin/sh
while read -r number; do echo $((number + $2)); done <"$1" >"$3"
