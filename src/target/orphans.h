#pragma once

#include <sys/types.h>

#include <vector>

namespace mlpipe {

/// In a driver, a subreaper, whose supervisor has closed its end: wait for the supervisor (unless
/// `exits_by_itself`, kill it first), then kill all that it left of its jobs and wait for it.
/// `mains` are the main processes that were running. Not found: a process that left its job's
/// session, changed its resource limits and lost its parents before this was called.
void end_supervisor_and_orphans(pid_t supervisor, const std::vector<pid_t>& mains,
                                bool exits_by_itself);

/// Kill all that carries the mark of a supervisor that is gone, and what descends from it, until
/// nothing of it is left. For who is not their parent.
void end_marked_by(pid_t supervisor);

/// End what is left of supervisors that were killed together with their driver and their guard:
/// processes with the mark of a supervisor that does not live any more.
void end_leftovers();

}  // namespace mlpipe
