#!/usr/bin/env bash
# The shell completes the commands of what is registered, names by their kind, and versions behind a colon.
. "$(dirname "$0")/registering.sh"
echo x >f
expect_code 0 mlpipe data create -n iris --path f --type uri_file
expect_code 0 mlpipe data create -n iris --path f --type uri_file
expect_code 0 mlpipe data create -n old --path f --type uri_file
expect_code 0 mlpipe data archive old
expect_code 0 mlpipe model create -n churn --path f
offered() { mlpipe __complete plain "$@" | cut -f1 | tr '\n' ' '; }
expect_equal "$(offered mod)" "model "
expect_equal "$(offered data '')" "create list show archive restore "
expect_equal "$(offered model d)" "download "
expect_equal "$(offered data show '')" "iris "
expect_equal "$(offered data show iris:)" "iris:2 iris:1 "
expect_equal "$(offered model download '')" "churn "
expect_equal "$(offered data create --type '')" "uri_folder uri_file mltable "
expect_equal "$(offered data list --name '')" "iris "
expect_equal "$(offered environment show '')" ""
