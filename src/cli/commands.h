#pragma once

#include "cli/arguments.h"
#include "core/asset.h"

namespace mlpipe {

// One function per command; each gives the exit code and throws Error for what the user must mend.

[[nodiscard]] int init_command(const Arguments& arguments);
[[nodiscard]] int run_command(const Arguments& arguments);
[[nodiscard]] int validate_command(const Arguments& arguments);
[[nodiscard]] int plan_command(const Arguments& arguments);
[[nodiscard]] int graph_command(const Arguments& arguments);
[[nodiscard]] int why_command(const Arguments& arguments);
[[nodiscard]] int runs_command(const Arguments& arguments);
[[nodiscard]] int compare_command(const Arguments& arguments);
[[nodiscard]] int diff_command(const Arguments& arguments);
[[nodiscard]] int tag_command(const Arguments& arguments);
[[nodiscard]] int pin_command(const Arguments& arguments);
[[nodiscard]] int delete_command(const Arguments& arguments);
[[nodiscard]] int gc_command(const Arguments& arguments);
[[nodiscard]] int du_command(const Arguments& arguments);
[[nodiscard]] int show_command(const Arguments& arguments);
[[nodiscard]] int logs_command(const Arguments& arguments);
[[nodiscard]] int get_command(const Arguments& arguments);
[[nodiscard]] int clone_command(const Arguments& arguments);
[[nodiscard]] int cancel_command(const Arguments& arguments);
[[nodiscard]] int completion_command(const Arguments& arguments);
[[nodiscard]] int metrics_command(const Arguments& arguments);
[[nodiscard]] int report_command(const Arguments& arguments);
[[nodiscard]] int doctor_command(const Arguments& arguments);
[[nodiscard]] int verify_command(const Arguments& arguments);
[[nodiscard]] int publish_command(const Arguments& arguments);
[[nodiscard]] int submit_command(const Arguments& arguments);

// Of endpoints (endpoint_commands.cpp, endpoint_list.cpp).
[[nodiscard]] int list_endpoints_command(const Arguments& arguments);
[[nodiscard]] int show_endpoint_command(const Arguments& arguments);
[[nodiscard]] int set_default_version_command(const Arguments& arguments);
[[nodiscard]] int enable_endpoint_command(const Arguments& arguments);
[[nodiscard]] int disable_endpoint_command(const Arguments& arguments);
[[nodiscard]] int archive_endpoint_command(const Arguments& arguments);
[[nodiscard]] int restore_endpoint_command(const Arguments& arguments);
[[nodiscard]] int update_endpoint_command(const Arguments& arguments);
[[nodiscard]] int delete_version_command(const Arguments& arguments);
[[nodiscard]] int delete_endpoint_command(const Arguments& arguments);

// Of schedules (schedule_commands.cpp, schedule_list.cpp, schedule_tick.cpp).
[[nodiscard]] int create_schedule_command(const Arguments& arguments);
[[nodiscard]] int update_schedule_command(const Arguments& arguments);
[[nodiscard]] int list_schedules_command(const Arguments& arguments);
[[nodiscard]] int show_schedule_command(const Arguments& arguments);
[[nodiscard]] int enable_schedule_command(const Arguments& arguments);
[[nodiscard]] int disable_schedule_command(const Arguments& arguments);
[[nodiscard]] int delete_schedule_command(const Arguments& arguments);
[[nodiscard]] int trigger_schedule_command(const Arguments& arguments);
[[nodiscard]] int simulate_schedule_command(const Arguments& arguments);
[[nodiscard]] int tick_schedules_command(const Arguments& arguments);
[[nodiscard]] int daemon_command(const Arguments& arguments);
[[nodiscard]] int install_schedules_command(const Arguments& arguments);
[[nodiscard]] int uninstall_schedules_command(const Arguments& arguments);

// Of compute targets (compute_commands.cpp).
[[nodiscard]] int list_compute_command(const Arguments& arguments);
[[nodiscard]] int show_compute_command(const Arguments& arguments);
[[nodiscard]] int test_compute_command(const Arguments& arguments);

// In the background (queue_commands.cpp).
[[nodiscard]] int work_queue_command(const Arguments& arguments);
[[nodiscard]] int run_queued_command(const Arguments& arguments);

// Of what is registered (asset_commands.cpp, asset_list.cpp); `kind` is the command that they are
// part of.
[[nodiscard]] int create_asset_command(AssetKind kind, const Arguments& arguments);
[[nodiscard]] int list_assets_command(AssetKind kind, const Arguments& arguments);
[[nodiscard]] int show_asset_command(AssetKind kind, const Arguments& arguments);
[[nodiscard]] int archive_asset_command(AssetKind kind, const Arguments& arguments);
[[nodiscard]] int restore_asset_command(AssetKind kind, const Arguments& arguments);
[[nodiscard]] int download_asset_command(AssetKind kind, const Arguments& arguments);

}  // namespace mlpipe
