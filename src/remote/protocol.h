// What a driver and the helper that it started over SSH say to each other: over the helper's stdin
// and stdout, after a line of text "mlpipe-helper speaks VERSION\n". Frames, numbers and texts are
// those of target/frame.h; a hash is 16 bytes; a list has its u32 count before it; a size is u64.
//
//   the driver says                              the helper says
//   'M' request | hashes                         'h' text host | text platform | text root
//   'P' request | u8 asks | head                     | texts environment | u32 processors
//   'G' request | hash                               | u64 memory | u64 free | u32s devices
//   'p' request                                      | i64 µs since 1970
//   'J' request | text name | text token         'a' request | bytes: the answer
//       | u8 only_watch | u8 is_made | make      'e' request | u8 kind | text: why not
//       | text job | slots | capacity            'o' request | u8 asks | head
//       | i64 orphan_timeout_ms                  'd' request | bytes
//       | u64 stdout | u64 stderr                'n' request | text event | u8 goes_on
//   'C' request | text name | u8 at_once             | text metrics | i64 metrics_at
//   'F' request | text name                      'l' request | u8 is_stderr | u64 offset
//   'O' request | text name | outputs | kept         | text
//       | hashes | u8 keep
//   'R' request | text name | u8 keep            request  = u64
//   'I' request | text language | text program   head     = hash | u8 is_file | entries
//       | texts environment                      entry    = text path | u8 kind
//   'L' request                                      | u8 executable | u64 size | hash
//   'K' request | hashes keep | hashes drop          | text link
//       | u8 only_look                           make     = u8 may_adopt | hashes | plan
//   'X' request                                      | text context | text python
//   'w' request | u32s files                     job, event: as in supervisor_protocol.cpp
//   'd' request | bytes                          'w' of the helper: as the driver's
//
//   plan     = hash source | texts outputs | list of (text input | hash) | u8 isolated
//   outputs  = list of (text name | text file_name | u8 artifacts)
//   kept     = list of (text name | text folder)
//   slots    = text target | u32 cpus | u64 memory | u32 gpus
//   capacity = u32 steps | u32 cpus | u64 memory | u32s gpus
//
// An object comes as its head ('P', 'o') and then the bytes of all its files, in the order of the
// entries, cut into 'd' frames anywhere; other frames may come between. A large one asks first:
// nothing follows its head before the other side has said ('w') by the numbers of their entries
// which files it does not have in any of its objects, and then only these come. Whoever gets an
// object hashes what came and what it copied, and takes it only if it is what it is called.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/error.h"
#include "store/tree_entry.h"
#include "store/work_directory.h"
#include "target/frame.h"
#include "target/slots.h"
#include "target/target.h"

namespace mlpipe {

/// Of what driver and helper say to each other. A helper of another version is not talked to: each
/// mlpipe brings the helper that belongs to it.
inline constexpr std::uint32_t remote_protocol_version = 7;

/// How the name of a workspace's place begins that goes when its helper does.
inline constexpr std::string_view passing_place = "none-yet-";

/// What frees space on a machine whose disk is full.
inline constexpr std::string_view full_disk_advice =
    "`mlpipe gc` frees what nobody needs any more over there, with `--older-than 1d` also the "
    "directories that steps left which failed before; `--dry-run` says what that is";

/// The line by which a helper begins, after whatever a login shell has printed.
inline constexpr std::string_view helper_mark = "mlpipe-helper speaks ";

/// Links what is asked to what is answered. Chosen by the driver, each once.
struct RequestId {
  std::uint64_t value = 0;

  auto operator<=>(const RequestId&) const = default;
};

/// An object without its bytes.
struct ObjectHead {
  Hash id;
  bool is_file = false;
  std::vector<TreeEntry> entries;  ///< Parents before children, names sorted by bytes.
};

// --- What a driver asks. Each request has one Answer, or one Refusal. ----------------------------

/// Which of these objects are not there? Answer: hashes.
struct FindMissing {
  RequestId request;
  std::vector<Hash> objects;
};
/// An object comes: the bytes of all its files, in the order of the entries, follow as
/// ObjectBytes; so many are announced by the entries' sizes. Answer: empty, once it is stored.
struct PutObject {
  RequestId request;
  ObjectHead head;
  bool asks = false;  ///< Only those follow that FilesWanted names, once that has come.
};
/// Answer: empty; before it, ObjectComes and ObjectBytes, see HelperNews.
struct GetObject {
  RequestId request;
  Hash object;
};
/// Of an object that asks: the entries whose bytes whoever gets it does not have. Of a PutObject
/// the helper says it, of a GetObject the driver.
struct FilesWanted {
  RequestId request;
  std::vector<std::uint32_t> files;  ///< Their numbers in the head, rising.
};
/// What makes the private directory of a job.
struct DirectoryToMake {
  bool may_adopt = false;  ///< Not if an earlier job of this name goes on: that is watched.
  std::vector<Hash> needed;
  DirectoryPlan plan;   ///< Without its directory.
  std::string context;  ///< The content of context.json.
  std::string python;   ///< Goes before all else in PATH, under both its names; empty: none does.
};
/// Run a job in the directory of this name, or go on to watch the one that runs there, or has
/// ended: then its outcome is told once more. Answer: empty. Its events follow. Refused as
/// not_found if something that it needs is lost.
struct RunJob {
  RequestId request;
  std::string name;   ///< Of the directory: 0-9, a-z and '-'.
  std::string token;  ///< A job that was begun under the same one is not begun again.
  bool only_watch = false;
  std::optional<DirectoryToMake> make;  ///< First of all; without: it is there.
  Job job;
  SlotRequest slots;
  SlotCapacity capacity;
  std::chrono::milliseconds orphan_timeout{};  ///< It ends once nobody has watched it for so long.
  std::uint64_t stdout_bytes = 0;              ///< So much of them the driver has.
  std::uint64_t stderr_bytes = 0;
};
struct EndJob {
  RequestId request;  ///< Of the RunJob.
  std::string name;
  bool at_once = false;
};
/// What is there of a job? Answer: a JobState.
struct FindJob {
  RequestId request;
  std::string name;
};
/// Take in what a job left. Answer: TakenAnswer. To be repeated at will, until ReleaseJob.
struct TakeOutputs {
  RequestId request;
  std::string name;
  std::vector<DeclaredOutput> outputs;
  std::vector<KeptFolder> kept;
  std::vector<Hash> inputs;  ///< Objects that must still be whole.
  bool keep_directory = false;
};
/// The job's record and directory are of no more use. Answer: empty.
struct ReleaseJob {
  RequestId request;
  std::string name;
  bool keep_directory = false;
};
/// What is the interpreter of this language? Answer: InterpreterAnswer.
struct IdentifyInterpreter {
  RequestId request;
  std::string language;
  std::string program;                   ///< Empty: the one on PATH.
  std::vector<std::string> environment;  ///< What a step gets.
};
/// Remove what nobody needs: `drop` is of no more use to the driver, `keep` is; what is in neither
/// goes once it was not used for a week. Answer: CollectedAnswer.
struct CollectObjects {
  RequestId request;
  std::vector<Hash> keep;
  std::vector<Hash> drop;
  std::vector<Hash> keep_work;  ///< Of whose jobs records and directories stay, for a week.
  bool only_look = false;
};
/// Nobody waits for this request any more. An object that comes or goes for it is given up. There
/// is no answer but that of the request, which may come all the same.
struct DropRequest {
  RequestId request;  ///< The one that is given up.
};
/// Are you there? Answer: empty, at once.
struct Ping {
  RequestId request;
};
/// How do the machine and the folder stand? Answer: PlaceAnswer.
struct LookAtPlace {
  RequestId request;
};
using HelperCommand = std::variant<FindMissing, PutObject, GetObject, FilesWanted, RunJob, EndJob,
                                   FindJob, TakeOutputs, ReleaseJob, IdentifyInterpreter,
                                   LookAtPlace, CollectObjects, DropRequest, Ping>;

// --- What a helper says. -------------------------------------------------------------------------

/// First of all.
struct Greeting {
  std::string host;                      ///< Its own name.
  std::string platform;                  ///< platform_name()
  std::filesystem::path root;            ///< Absolute: where all of this is kept.
  std::vector<std::string> environment;  ///< "NAME=value", what steps may get of it.
  std::uint32_t processors = 1;
  std::uint64_t memory_bytes = 0;
  std::uint64_t free_bytes = 0;        ///< Of the disk.
  std::vector<std::uint32_t> devices;  ///< GPUs by number, as the kernel names them.
  TimePoint at{};                      ///< Its clock.
};
struct Answer {
  RequestId request;
  std::string bytes;
};
/// It cannot be done. Asking again the same way is of no use.
struct Refusal {
  RequestId request;
  ErrorKind kind = ErrorKind::system;
  std::string message;
};
/// The next bytes of an object; of a PutObject from the driver, of a GetObject from the helper.
struct ObjectBytes {
  RequestId request;
  std::string_view bytes;
};
/// The object of a GetObject: its bytes follow.
struct ObjectComes {
  RequestId request;
  ObjectHead head;
  bool asks = false;  ///< As of PutObject.
};
struct JobNews {
  RequestId request;
  JobEvent event;
  bool goes_on = false;  ///< An earlier job, which was adopted.
  std::string metrics;   ///< The file that a step wrote, which failed.
  TimePoint metrics_at{};
};
/// What a job has written.
struct JobLog {
  RequestId request;
  bool is_stderr = false;
  std::uint64_t offset = 0;
  std::string_view bytes;
};
using HelperNews =
    std::variant<Greeting, Answer, Refusal, ObjectComes, FilesWanted, ObjectBytes, JobNews, JobLog>;

/// What a far side has of a job.
enum class JobState : std::uint8_t {
  none,
  running,    ///< Or waiting for slots.
  succeeded,  ///< Ended with 0; not released.
  ended,      ///< In another way.
  lost,       ///< It was begun, and nothing runs or tells how it ended.
  orphaned,   ///< It was ended since nobody had watched it for its `orphan_timeout`.
};

/// What TakeOutputs gives.
struct TakenAnswer {
  TakenOutputs taken;
  std::vector<Hash> moved_inputs;  ///< Inputs that are not what they were.
  std::string metrics;             ///< The file that the step wrote.
  std::int64_t metrics_time_us = 0;
};

struct InterpreterAnswer {
  std::string program;   ///< Absolute.
  std::string language;  ///< As InterpreterIdentity.
  std::string version;
  std::vector<std::string> distributions;
};

/// What collect_store() removed, or would. Bytes are those of the disk.
struct CollectedAnswer {
  std::vector<Hash> gone;
  std::uint64_t bytes = 0;        ///< Of these.
  std::uint64_t directories = 0;  ///< Of jobs.
  std::uint64_t directory_bytes = 0;
  std::uint64_t kept_bytes = 0;        ///< Of all other objects.
  std::uint64_t kept_directories = 0;  ///< Of jobs that do not run any more.
  std::uint64_t kept_directory_bytes = 0;
};

/// What look_at_place() sees.
struct PlaceAnswer {
  TimePoint at{};             ///< The machine's clock.
  std::string system;         ///< "Linux 6.1.0, x86_64"
  std::uint32_t rights = 0;   ///< Of the folder: the last nine bits of its mode.
  std::string write_problem;  ///< Why nothing can be written into the folder; empty: it can.
  std::vector<std::string> open_folders;  ///< Around it, into which other users may write.
  bool has_bash = false;                  ///< Where steps start it.
  bool has_other_gpus = false;            ///< AMD's: their numbers are not known.
  std::string taken_slots;                ///< As taken_slots_text().
  std::string slot_problem;               ///< Why that is not known.
};

/// One frame each. Throw ProtocolError for what is longer than a frame may be.
[[nodiscard]] std::string encode(const HelperCommand& command);
[[nodiscard]] std::string encode(const HelperNews& news);
[[nodiscard]] std::string encode_bytes(RequestId request, std::string_view bytes);
/// The same frame up to its bytes, of which there are so many.
[[nodiscard]] std::string encode_bytes_head(RequestId request, std::size_t count);

/// What a frame (without its length) says. Views point into it. Throw ProtocolError for anything
/// encode() does not make.
[[nodiscard]] std::variant<HelperCommand, ObjectBytes> decode_helper_command(
    std::string_view frame);
[[nodiscard]] HelperNews decode_helper_news(std::string_view frame);

// The bytes of answers.
[[nodiscard]] std::string encode_hashes(const std::vector<Hash>& hashes);
[[nodiscard]] std::vector<Hash> decode_hashes(std::string_view bytes);
[[nodiscard]] std::string encode_state(JobState state);
[[nodiscard]] JobState decode_state(std::string_view bytes);
[[nodiscard]] std::string encode_taken(const TakenAnswer& answer);
[[nodiscard]] TakenAnswer decode_taken(std::string_view bytes);
[[nodiscard]] std::string encode_interpreter(const InterpreterAnswer& answer);
[[nodiscard]] InterpreterAnswer decode_interpreter(std::string_view bytes);
[[nodiscard]] std::string encode_collected(const CollectedAnswer& answer);
[[nodiscard]] CollectedAnswer decode_collected(std::string_view bytes);
[[nodiscard]] std::string encode_place(const PlaceAnswer& answer);
[[nodiscard]] PlaceAnswer decode_place(std::string_view bytes);

/// Whether a directory may have this name.
[[nodiscard]] bool is_job_name(std::string_view name);

/// Whether an object can have these entries: paths stay inside, parents come before children, all
/// sorted, each name once, and only folders hold something.
[[nodiscard]] bool is_sound(const ObjectHead& head);

}  // namespace mlpipe
