#!/bin/sh
tr 'A-Z ' 'a-z\n' <"$1" | tr -d , | sort >"$2"
