#pragma once

#include "cli/arguments.h"
#include "core/workspace.h"
#include "registry/submission.h"
#include "spec/read_schedule.h"

namespace mlpipe {

/// Whether the file says what is run, besides when.
[[nodiscard]] bool names_job(const ScheduledJob& job);

/// What a schedule's file says of what is run: it wins over what `request` says, value by value.
/// Throws Error(invalid_file) for a run or an endpoint that is not there.
void take_job(const ScheduledJob& job, const Workspace& workspace, Submission& request);

/// What the options say of what is run: they win over what `request` says, value by value. Throws
/// Error(usage) for options that make no sense or do not go together.
void take_job_options(const Arguments& arguments, Submission& request);

}  // namespace mlpipe
