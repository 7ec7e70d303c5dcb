# Fuzz programs, by clang's libFuzzer: tests/fuzz/NAME.cpp becomes fuzz/NAME in the build folder, with the
# inputs of tests/fuzz/corpus/NAME to begin with. Only in builds with MLPIPE_FUZZERS (the asan preset), as
# they need clang; the program's sources are compiled with counters for them.
if(NOT CMAKE_CXX_COMPILER_ID MATCHES "Clang")
  message(FATAL_ERROR "MLPIPE_FUZZERS needs clang++: use the asan preset, or set CMAKE_CXX_COMPILER")
endif()

target_compile_options(mlpipe_lib PRIVATE -fsanitize=fuzzer-no-link)

# An archive: each program then holds what it reaches, and few counters to look through after each input.
add_library(mlpipe_fuzzed STATIC $<TARGET_OBJECTS:mlpipe_lib>)
add_library(fuzz_support OBJECT tests/fuzz/fuzz_target.cpp)
target_include_directories(fuzz_support PRIVATE src tests)
target_link_libraries(fuzz_support PRIVATE mlpipe_flags ${mlpipe_fmt})

set(fuzz_targets address asset_file compiled_pipeline completion_line copy_note cron_expression crontab
  database_text environment_file expression file_trace filter format_difference ignore interpreter_cache
  manifest metrics object_manifest packages parameter_file pipeline recorded_spec remembered_looks remembered_plan
  remote_protocol schedule set_value shown_text stat_cache supervisor_protocol trigger unchanged_run when workspace yaml)

add_custom_target(fuzzers)  # all of them
foreach(name IN LISTS fuzz_targets)
  add_executable(fuzz_${name} tests/fuzz/${name}.cpp $<TARGET_OBJECTS:fuzz_support>)
  set_target_properties(fuzz_${name} PROPERTIES OUTPUT_NAME ${name} UNITY_BUILD OFF
    RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/fuzz)
  target_include_directories(fuzz_${name} PRIVATE src tests)
  target_link_options(fuzz_${name} PRIVATE -fsanitize=fuzzer)
  target_link_libraries(fuzz_${name} PRIVATE mlpipe_fuzzed mlpipe_embedded mlpipe_flags CLI11::CLI11
    nlohmann_json::nlohmann_json ${mlpipe_fmt} Threads::Threads ${mlpipe_libraries})
  add_dependencies(fuzzers fuzz_${name})
  # The inputs of the corpus and nothing else, among them every one that showed a bug.
  add_test(NAME fuzz.${name} COMMAND bash ${CMAKE_SOURCE_DIR}/scripts/fuzz.sh --corpus-only
    --programs ${CMAKE_BINARY_DIR}/fuzz ${name})
  set_tests_properties(fuzz.${name} PROPERTIES LABELS fuzz TIMEOUT 120)
endforeach()
