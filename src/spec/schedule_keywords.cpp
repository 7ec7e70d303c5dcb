#include "spec/schedule_keywords.h"

#include <array>

namespace mlpipe {

namespace {

constexpr auto only_read = Use::read;
constexpr auto unused = Use::ignored;

constexpr auto rows = std::to_array<Keyword>({
    Keyword{Place::schedule, "", "$schema", unused},
    Keyword{Place::schedule, "", "name"},
    Keyword{Place::schedule, "", "display_name"},
    Keyword{Place::schedule, "", "description"},
    Keyword{Place::schedule, "", "tags"},
    Keyword{Place::schedule, "", "properties"},
    Keyword{Place::schedule, "", "trigger", only_read, Inner::fields, Place::trigger},
    Keyword{Place::schedule, "", "create_job", only_read, Inner::fields, Place::schedule_job},
    Keyword{Place::schedule, "", "Schedule", only_read, Inner::fields, Place::schedule_v1},

    Keyword{Place::schedule_v1, "", "name"},
    Keyword{Place::schedule_v1, "", "description"},
    Keyword{Place::schedule_v1, "", "recurrence", only_read, Inner::fields, Place::trigger},
    Keyword{Place::schedule_v1, "", "pipeline_parameters"},
    Keyword{Place::schedule_v1, "", "continue_on_step_failure"},
    Keyword{Place::schedule_v1, "", "wait_for_provisioning", unused},
    Keyword{Place::schedule_v1, "", "wait_timeout", unused},
    Keyword{Place::schedule_v1, "", "polling_interval", unused},
    Keyword{Place::schedule_v1, "", "datastore_name"},
    Keyword{Place::schedule_v1, "", "data_path_parameter_name"},
    Keyword{Place::schedule_v1, "", "path_on_datastore"},

    Keyword{Place::schedule_job, "", "$schema", unused},
    Keyword{Place::schedule_job, "", "type"},
    Keyword{Place::schedule_job, "", "job"},
    Keyword{Place::schedule_job, "", "name", unused},
    Keyword{Place::schedule_job, "", "display_name"},
    Keyword{Place::schedule_job, "", "description"},
    Keyword{Place::schedule_job, "", "experiment_name"},
    Keyword{Place::schedule_job, "", "tags"},
    Keyword{Place::schedule_job, "", "properties", unused},
    Keyword{Place::schedule_job, "", "identity", unused},
    Keyword{Place::schedule_job, "", "compute"},
    Keyword{Place::schedule_job, "", "settings", only_read, Inner::fields, Place::settings},
    Keyword{Place::schedule_job, "", "inputs", only_read, Inner::named_fields, Place::input},
    Keyword{Place::schedule_job, "", "outputs", only_read, Inner::named_fields, Place::output},

    Keyword{Place::trigger, "", "$schema", unused},
    Keyword{Place::trigger, "", "type"},
    Keyword{Place::trigger, "", "expression"},
    Keyword{Place::trigger, "", "frequency"},
    Keyword{Place::trigger, "", "interval"},
    Keyword{Place::trigger, "", "schedule", only_read, Inner::fields, Place::trigger_pattern},
    Keyword{Place::trigger, "", "pattern", only_read, Inner::fields, Place::trigger_pattern},
    Keyword{Place::trigger, "", "hours"},
    Keyword{Place::trigger, "", "minutes"},
    Keyword{Place::trigger, "", "week_days"},
    Keyword{Place::trigger, "", "weekdays"},
    Keyword{Place::trigger, "", "month_days"},
    Keyword{Place::trigger, "", "time_of_day"},
    Keyword{Place::trigger, "", "start_time"},
    Keyword{Place::trigger, "", "end_time"},
    Keyword{Place::trigger, "", "time_zone"},

    Keyword{Place::trigger_pattern, "", "hours"},
    Keyword{Place::trigger_pattern, "", "minutes"},
    Keyword{Place::trigger_pattern, "", "week_days"},
    Keyword{Place::trigger_pattern, "", "weekdays"},
    Keyword{Place::trigger_pattern, "", "month_days"},
});

}  // namespace

std::span<const Keyword> schedule_keywords() { return rows; }

}  // namespace mlpipe
