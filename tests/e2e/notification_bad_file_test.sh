#!/usr/bin/env bash
# What on_success and on_failure cannot be is refused with line and column, before anything is made.
. "$(dirname "$0")/faults.sh"
bad() { printf '%s\nsteps: {a: {command: date}}\n' "$1" >bad.yaml; }

bad "on_failure: ' '"
expect_problem 1:13 "'on_failure' is empty"
expect_err "= expected a command, an http(s) address, or {command: ...} or {webhook: ...}"
bad "on_success: {webhook: mailto:me}"
expect_problem 1:23 "the webhook of 'on_success' is no address: it begins with neither http:// nor https://"
bad "on_success: [date, {comand: date}]"
expect_problem 1:21 "unknown key 'comand' in 'on_success' (did you mean 'command'?)"
bad "on_success: {command: date, webhook: 'https://host/'}"
expect_problem 1:38 "'on_success' has both 'command' and 'webhook' in one map"
bad "on_sucess: date"
expect_problem 1:1 "unknown key 'on_sucess' in the pipeline (did you mean 'on_success'?)"
