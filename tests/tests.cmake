# Every test of the project; included by the top CMakeLists.txt.
find_package(Catch2 REQUIRED)
include(Catch)

# One list per layer, as in the top file.
set(base_tests
  tests/unit/base/clock_test.cpp
  tests/unit/base/disk_use_test.cpp
  tests/unit/base/error_test.cpp
  tests/unit/base/file_test.cpp
  tests/unit/base/git_credentials_test.cpp
  tests/unit/base/git_program_test.cpp
  tests/unit/base/git_test.cpp
  tests/unit/base/file_lock_test.cpp
  tests/support/http_server.cpp
  tests/support/ssh_host.cpp
  tests/unit/base/hash_test.cpp
  tests/unit/base/http_fetch_test.cpp
  tests/unit/base/http_post_test.cpp
  tests/unit/base/json_test.cpp
  tests/unit/base/look_recorder_test.cpp
  tests/unit/base/process_test.cpp
  tests/unit/base/shared_test.cpp
  tests/unit/base/signals_test.cpp
  tests/unit/base/sqlite_test.cpp
  tests/unit/base/text_test.cpp
  tests/unit/base/time_zone_test.cpp
  tests/unit/base/url_test.cpp
  tests/unit/base/when_test.cpp
  tests/unit/base/work_time_test.cpp
  tests/unit/base/worker_pool_test.cpp
)

set(core_tests
  tests/unit/core/asset_test.cpp
  tests/unit/core/cron_expression_test.cpp
  tests/unit/core/frozen_spec_test.cpp
  tests/unit/core/graph_test.cpp
  tests/unit/core/manifest_test.cpp
  tests/unit/core/notification_test.cpp
  tests/unit/core/recurrence_test.cpp
  tests/unit/core/run_test.cpp
  tests/unit/core/trigger_clock_test.cpp
  tests/unit/core/trigger_test.cpp
)

set(spec_tests
  tests/unit/spec/bad_input_test.cpp
  tests/unit/spec/check_pipeline_test.cpp
  tests/unit/spec/cli_v2_test.cpp
  tests/unit/spec/component_test.cpp
  tests/unit/spec/other_work_test.cpp
  tests/unit/spec/published_files_test.cpp
  tests/unit/spec/data_sources_test.cpp
  tests/unit/spec/expression_test.cpp
  tests/unit/spec/hash_of_shared_test.cpp
  tests/unit/spec/notifications_test.cpp
  tests/unit/spec/read_component_test.cpp
  tests/unit/spec/read_ours_test.cpp
  tests/unit/spec/read_schedule_test.cpp
  tests/unit/spec/read_workspace_test.cpp
  tests/unit/spec/schema_test.cpp
  tests/unit/spec/step_warnings_test.cpp
  tests/unit/spec/values_test.cpp
  tests/unit/spec/yaml_document_test.cpp
)

set(store_tests
  tests/unit/store/contents_test.cpp
  tests/unit/store/format_difference_test.cpp
  tests/unit/store/file_hash_test.cpp
  tests/unit/store/ignore_rules_test.cpp
  tests/unit/store/object_collect_test.cpp
  tests/unit/store/object_damage_test.cpp
  tests/unit/store/object_inspect_test.cpp
  tests/unit/store/object_store_test.cpp
  tests/unit/store/source_filter_test.cpp
  tests/unit/store/source_walk_test.cpp
  tests/unit/store/stat_cache_test.cpp
  tests/unit/store/stored_files_test.cpp
)

set(target_tests
  tests/contract/compute_target_test.cpp
  tests/contract/silent_helper_test.cpp
  tests/contract/hold_target.cpp
  tests/unit/target/enclosed_start_test.cpp
  tests/unit/target/interpreter_test.cpp
  tests/unit/target/local_target_test.cpp
  tests/unit/target/rank_launcher_test.cpp
  tests/unit/target/slots_test.cpp
  tests/unit/target/supervisor_protocol_test.cpp
)

set(history_tests
  tests/unit/history/history_collect_test.cpp
  tests/unit/history/history_test.cpp
  tests/unit/history/jobs_elsewhere_test.cpp
  tests/unit/history/notifications_test.cpp
  tests/unit/history/results_test.cpp
  tests/unit/history/run_condition_test.cpp
  tests/unit/history/run_search_test.cpp
  tests/unit/history/schema_test.cpp
)

set(remote_tests
  tests/unit/remote/collect_store_test.cpp
  tests/unit/remote/frame_channel_test.cpp
  tests/unit/remote/helper_transfers_test.cpp
  tests/unit/remote/object_transfer_test.cpp
  tests/unit/remote/place_look_test.cpp
  tests/unit/remote/protocol_test.cpp
  tests/unit/remote/ssh_command_test.cpp
  tests/unit/remote/transfer_test.cpp
  tests/unit/remote/turns_at_reading_test.cpp)

set(registry_tests
  tests/unit/registry/asset_versions_test.cpp
  tests/unit/registry/endpoints_test.cpp
  tests/unit/registry/registry_test.cpp
  tests/unit/registry/schedules_test.cpp
)

set(engine_tests
  tests/unit/engine/asset_file_test.cpp
  tests/unit/engine/registered_assets_test.cpp
  tests/unit/engine/machine_memory_test.cpp
  tests/unit/engine/registered_outputs_test.cpp
  tests/unit/engine/command_text_test.cpp
  tests/unit/engine/collect_step_test.cpp
  tests/unit/engine/collection_choice_test.cpp
  tests/unit/engine/compute_judgement_test.cpp
  tests/unit/engine/compute_test.cpp
  tests/unit/engine/deliver_notifications_test.cpp
  tests/unit/engine/distribution_test.cpp
  tests/unit/engine/fetch_inputs_test.cpp
  tests/unit/engine/file_trace_test.cpp
  tests/unit/engine/hidden_paths_test.cpp
  tests/unit/engine/interpreter_use_test.cpp
  tests/unit/engine/isolation_test.cpp
  tests/unit/engine/pipeline_codec_test.cpp
  tests/unit/engine/plan_test.cpp
  tests/unit/engine/prepare_step_test.cpp
  tests/unit/engine/reasons_test.cpp
  tests/unit/engine/remembered_files_test.cpp
  tests/unit/engine/remembered_plan_test.cpp
  tests/unit/engine/scheduler_lost_test.cpp
  tests/unit/engine/scheduler_reuse_test.cpp
  tests/unit/engine/scheduler_test.cpp
  tests/unit/engine/selection_test.cpp
  tests/unit/engine/step_environment_test.cpp
  tests/unit/engine/trace_report_test.cpp
  tests/unit/engine/value_changes_test.cpp
  tests/unit/engine/verify_store_test.cpp
  tests/unit/engine/unfinished_copy_test.cpp
  tests/unit/engine/write_back_test.cpp
)

set(view_tests
  tests/unit/view/axis_test.cpp
  tests/unit/view/graph_lines_test.cpp
  tests/unit/view/graph_source_test.cpp
  tests/unit/view/html_test.cpp
  tests/unit/view/layered_layout_test.cpp
  tests/unit/view/line_plot_test.cpp
  tests/unit/view/report_files_test.cpp
  tests/unit/view/step_graph_test.cpp
  tests/unit/view/timeline_test.cpp
)

set(cli_tests
  tests/unit/cli/compute_settings_test.cpp
  tests/unit/cli/crontab_test.cpp
  tests/unit/cli/run_columns_test.cpp
  tests/unit/cli/help_text_test.cpp
  tests/unit/cli/log_stream_test.cpp
  tests/unit/cli/show_timeline_test.cpp
  tests/unit/cli/table_test.cpp
  tests/unit/cli/transfer_progress_test.cpp
)

add_executable(mlpipe_tests tests/support/main.cpp
  ${base_tests} ${core_tests} ${spec_tests} ${store_tests} ${target_tests} ${remote_tests}
  ${history_tests} ${registry_tests} ${engine_tests} ${view_tests} ${cli_tests})
batch_by_layer(mlpipe_tests base_tests core_tests spec_tests store_tests target_tests remote_tests history_tests
  registry_tests engine_tests view_tests cli_tests)
target_include_directories(mlpipe_tests PRIVATE src tests)
target_link_libraries(mlpipe_tests PRIVATE mlpipe_lib mlpipe_embedded mlpipe_flags Catch2::Catch2
  CLI11::CLI11 nlohmann_json::nlohmann_json ${mlpipe_libraries})
set_source_files_properties(tests/unit/spec/schema_test.cpp tests/support/http_server.cpp tests/support/ssh_host.cpp
  PROPERTIES
  COMPILE_DEFINITIONS "MLPIPE_REPOSITORY=\"${CMAKE_SOURCE_DIR}\"")
set(unit_timeout 60)
if(MLPIPE_SANITIZE)
  set(unit_timeout 400)  # twenty times as long where much is parsed
endif()
catch_discover_tests(mlpipe_tests PROPERTIES LABELS unit TIMEOUT ${unit_timeout})

# End-to-end: each file one behaviour, run with the real binary. Those below have the label
# `sanitized` too: with the unit tests they walk through every command, and are what the presets asan
# and tsan run (`ctest --preset asan-all` runs all; they take three times as long there).
set(sanitized_tests azure_components azure_literals_and_types azure_nested azure_single_job bad_cycle bad_filters bad_types both_killed
  cancel_term clone compare completion_bash compute damaged_object delete_asks diff doctor driver_killed du early_cutoff eight_drivers endpoint
  from_run gc_killed get gpus graph_formats http_input init isolation keep live_view logs_choice metrics notifications object_lost order
  output_odd_entries pipeline_output plan publish queue registry_component registry_data registry_model report retry runs_filters
  schedule schedule_tick selection shell show stream submit_surroundings tag_pin_delete timeout trace_inputs two_drivers varying
  verify_formats verify_store why write_back)
file(GLOB e2e_tests CONFIGURE_DEPENDS tests/e2e/*_test.sh)
foreach(script IN LISTS e2e_tests)
  get_filename_component(name ${script} NAME_WE)
  string(REGEX REPLACE "_test$" "" behaviour ${name})
  set(labels e2e)
  if(behaviour IN_LIST sanitized_tests)
    list(APPEND labels sanitized)
    list(REMOVE_ITEM sanitized_tests ${behaviour})
  endif()
  add_test(NAME e2e.${name} COMMAND bash ${script})
  set_tests_properties(e2e.${name} PROPERTIES LABELS "${labels}" TIMEOUT 180 SKIP_RETURN_CODE 125
    ENVIRONMENT "MLPIPE=$<TARGET_FILE:mlpipe>;REPOSITORY=${CMAKE_SOURCE_DIR}")
endforeach()
if(sanitized_tests)
  message(FATAL_ERROR "tests.cmake: no such end-to-end tests: ${sanitized_tests}")
endif()

# Structure.
add_test(NAME structure.layers COMMAND bash ${CMAKE_SOURCE_DIR}/scripts/check_layers.sh ${CMAKE_SOURCE_DIR}/src)

# Random pipelines, edits, kills and damage against a clean run, and runs killed at random
# (tests/property/README.md; a failure prints its seed). Kills and power cuts begin with a seed that each commit has
# for itself, looked up when the test runs. Sanitized programs take many times as long.
add_executable(property_mix tests/property/mix.cpp)
target_link_libraries(property_mix PRIVATE mlpipe_flags)
if(MLPIPE_SANITIZE)
  set(random_cases 20)
  set(random_kills 8)
  set(random_instants 2)  # and the three that are always looked at
else()
  target_link_options(property_mix PRIVATE -static)  # it is started some ten thousand times
  set(random_cases 300)
  set(random_kills 40)
  set(random_instants 40)
endif()
add_test(NAME property.random_pipelines
  COMMAND python3 ${CMAKE_SOURCE_DIR}/tests/property/property_test.py --mlpipe $<TARGET_FILE:mlpipe>
          --mix $<TARGET_FILE:property_mix> --cases ${random_cases} -j 2)
add_test(NAME property.random_kills
  COMMAND python3 ${CMAKE_SOURCE_DIR}/tests/property/kill_test.py --mlpipe $<TARGET_FILE:mlpipe>
          --rounds ${random_kills})
add_test(NAME property.durability
  COMMAND python3 ${CMAKE_SOURCE_DIR}/tests/property/durability_test.py --mlpipe $<TARGET_FILE:mlpipe>
          --instants ${random_instants})
set_tests_properties(property.random_pipelines property.random_kills property.durability
  PROPERTIES LABELS property TIMEOUT 1200 SKIP_RETURN_CODE 125)

if(MLPIPE_FUZZERS)
  include(tests/fuzz/fuzz.cmake)
endif()
