#include "engine/step_facts.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/error.h"
#include "base/look_recorder.h"
#include "engine/interpreter_use.h"
#include "engine/remembered_plan.h"
#include "engine/step_source.h"
#include "spec/read_source.h"
#include "store/encoding.h"

namespace mlpipe {

namespace fs = std::filesystem;

namespace {

/// The tree was walked and hashed past the functions that a recorder listens to.
void tell_looks(const Contents& contents) {
  for (const auto& [path, look] : contents.looks) LookRecorder::saw(path, true, look, true);
}

/// At what names the interpreter: the environment, else the compute target, else the step.
[[noreturn]] void throw_interpreter_error(const Step& step, const std::string& language,
                                          const StepPlace& place, const Error& error) {
  const auto message = fmt::format("step '{}': {}", step.name, error.what());
  const bool is_python = language == "python";
  if (is_python && !place.environment->python.empty())
    throw Error(ErrorKind::invalid_file, located_error(place.environment->location, message, ""));
  if (const auto& login = place.target->ssh;
      is_python && login && !login->python.empty() && login->python_location.line > 0)
    throw Error(ErrorKind::invalid_file,
                located_error(login->python_location, message,
                              fmt::format("'python' of the compute target must name a Python over "
                                          "there, for example /usr/bin/python3")));
  throw Error(error.kind(), located_error(step.location, message, ""));
}

}  // namespace

StepFactReader::StepFactReader(const World& world) : world_(world) {
  for (const auto& step : world_.pipeline.steps)
    for (const auto& output : step.outputs)
      if (!output.path->empty()) written_paths_.insert(output.path->native());
}

StepFacts StepFactReader::read(StepId id, SourceUse use) {
  const Step& step = world_.pipeline[id];
  StepFacts facts;
  facts.source = source_hash(step, use);
  facts.inputs.resize(step.inputs.size());
  for (std::size_t i = 0; i < step.inputs.size(); ++i) {
    const auto* source = path_source(step.inputs[i].source);
    if (source == nullptr) continue;
    const Contents& found = contents(source->path);
    const bool is_file = found.kind == FileKind::file;
    facts.inputs[i] = {.is_file = is_file,
                       .executable = is_file && found.executable,
                       .hash = found.hash,
                       .base_name = is_file ? source->path.filename().native() : ""};
  }
  for (const auto& path : step.sources->hash_paths) {
    const auto found = hash_path_now(step, path);
    facts.hash_paths.push_back({.hash = found.hash, .executable = found.executable});
  }
  for (const auto& name : step.settings->pass_environment) {
    const auto found = world_.caller.find(name);
    facts.pass_environment.push_back(
        found == world_.caller.end() ? std::nullopt : std::optional<std::string>(found->second));
  }
  // A machine that gets our own helper is of our own kind (RemoteHost); another one is asked.
  const auto& target = *world_.places.of(id).target;
  if (target.ssh && !target.ssh->helper.empty())
    facts.platform = world_.machines->known_platform(target);
  facts.environment_definition = world_.places.of(id).environment->type;
  facts.interpreters = interpreters(id);
  return facts;
}

std::vector<std::pair<std::string, std::string>> StepFactReader::interpreters(StepId id) {
  std::vector<std::pair<std::string, std::string>> found;
  for (const auto& language : languages_of(id))
    found.emplace_back(language,
                       interpreter_identity(world_.pipeline[id], language, world_.places.of(id)));
  return found;
}

FrozenHashPath StepFactReader::hash_path_now(const Step& step, const std::string& written) {
  const Contents& found = contents(hash_path(step, written));
  return {.hash = found.hash, .executable = found.executable};
}

fs::path StepFactReader::hash_path(const Step& step, const std::string& written) const {
  const fs::path base = step.sources->directory.empty() ? world_.pipeline.file.parent_path()
                                                        : step.sources->directory;
  return (base / written).lexically_normal();
}

const Contents& StepFactReader::contents(const fs::path& path) {
  const auto found = contents_.find(path);
  if (found != contents_.end()) return found->second;
  const LookRecorder::Scope scope(owner_of_path(path));
  const auto& made =
      contents_.emplace(path, hash_contents(path, world_.cache, world_.pool)).first->second;
  tell_looks(made);
  return made;
}

const Contents* StepFactReader::known_contents(const fs::path& path) const {
  const auto found = contents_.find(path);
  return found == contents_.end() ? nullptr : &found->second;
}

void StepFactReader::forget(const fs::path& path) {
  ++changes_;
  if (auto node = contents_.extract(path)) forgotten_.push_back(std::move(node));
}

void StepFactReader::forget_source(StepId step) {
  ++changes_;
  stored_sources_.erase(source_key(world_.pipeline[step]));
}

std::vector<fs::path> StepFactReader::paths_in_place(StepId id) const {
  const Step& step = world_.pipeline[id];
  std::vector<fs::path> paths;
  for (const auto& input : step.inputs)
    if (const auto* source = path_source(input.source)) paths.push_back(source->path);
  for (const auto& path : step.sources->hash_paths) paths.push_back(hash_path(step, path));
  return paths;
}

std::optional<ReadableTree> StepFactReader::looked_tree(const Hash& hash) const {
  for (const auto& [key, looked] : looked_sources_)
    if (const auto& [step, tree] = looked; tree.hash == hash)
      return ReadableTree{tree.entries, step->sources->directory, step->sources->added};
  for (const auto& [path, found] : contents_)
    if (found.kind == FileKind::folder && found.hash == hash)
      return ReadableTree{found.entries, path};
  return std::nullopt;
}

std::optional<Hash> StepFactReader::stored_source(StepId step) const {
  if (const auto& frozen = world_.pipeline[step].sources->frozen) return frozen;
  const auto found = stored_sources_.find(source_key(world_.pipeline[step]));
  return found == stored_sources_.end() ? std::nullopt : std::optional(found->second);
}

std::optional<Hash> StepFactReader::known_source(StepId step) const {
  if (auto stored = stored_source(step)) return stored;
  const auto key = source_key(world_.pipeline[step]);
  if (const auto looked = looked_sources_.find(key); looked != looked_sources_.end())
    return looked->second.second.hash;
  const auto taken = taken_sources_.find(key);
  return taken == taken_sources_.end() ? std::nullopt : std::optional(taken->second);
}

void StepFactReader::take_source(StepId step, const std::optional<Hash>& hash) {
  if (hash) taken_sources_.emplace(source_key(world_.pipeline[step]), *hash);
}

std::optional<std::vector<LookOwner>> StepFactReader::look_owners(StepId id) const {
  const Step& step = world_.pipeline[id];
  const std::string key = source_key(step);
  const auto looked = looked_sources_.find(key);
  if (step.sources->frozen || looked == looked_sources_.end()) return std::nullopt;
  // A copy that was made meanwhile may be of something else than was looked at.
  if (const auto stored = stored_sources_.find(key);
      stored != stored_sources_.end() && stored->second != looked->second.second.hash)
    return std::nullopt;
  std::vector<LookOwner> owners = {owner_of_sources(key)};
  for (const auto& path : paths_in_place(id)) {
    if (known_contents(path) == nullptr) return std::nullopt;
    owners.push_back(owner_of_path(path));
  }
  return owners;
}

std::string StepFactReader::source_key(const Step& step) {
  std::string key;
  append_text(key, step.sources->directory.native());
  append_number(key, step.sources->include.size(), 8);
  for (const auto& name : step.sources->include) append_text(key, name);
  for (const auto* paths : {&step.sources->added, &step.sources->left_out}) {
    append_number(key, paths->size(), 8);
    for (const auto& path : *paths) append_text(key, path.native());
  }
  return key;
}

Hash StepFactReader::source_hash(const Step& step, SourceUse use) {
  if (step.sources->frozen) return *step.sources->frozen;
  const std::string key = source_key(step);
  if (const auto stored = stored_sources_.find(key); stored != stored_sources_.end())
    return stored->second;
  const LookRecorder::Scope scope(owner_of_sources(key));
  if (use == SourceUse::store && world_.store != nullptr) {
    const Hash hash =
        world_.store->add_source(source_of(step, written_paths_), world_.cache, world_.pool).id;
    return stored_sources_.emplace(key, hash).first->second;
  }
  auto looked = looked_sources_.find(key);
  if (looked == looked_sources_.end()) {
    auto found = hash_source(source_of(step, written_paths_), world_.cache, world_.pool);
    tell_looks(found);
    looked = looked_sources_.emplace(key, std::pair(&step, std::move(found))).first;
  }
  return looked->second.second.hash;
}

std::vector<std::string> StepFactReader::languages_of(StepId id) const {
  auto languages = interpreters_of(world_.pipeline[id]);
  const bool named = std::find(languages.begin(), languages.end(), "python") != languages.end();
  const auto& place = world_.places.of(id);
  const bool has_python = !place.environment->python.empty() ||
                          (place.target->ssh && !place.target->ssh->python.empty());
  if (!named && has_python) languages.emplace_back("python");
  std::sort(languages.begin(), languages.end());
  return languages;
}

std::map<std::string, InterpreterPlaces> StepFactReader::interpreter_places(StepId id) const {
  std::map<std::string, InterpreterPlaces> all;
  if (world_.places.of(id).target->ssh) return all;
  const auto& environment = *world_.places.of(id).environment;
  for (const auto& language : languages_of(id))
    if (auto places =
            world_.interpreters.places(interpreter_program(language, environment, world_.caller)))
      all.emplace(language, std::move(*places));
  return all;
}

bool StepFactReader::interpreter_changed(StepId id) {
  const auto& environment = *world_.places.of(id).environment;
  if (world_.places.of(id).target->ssh) return false;  // interpreter_question()
  bool changed = false;
  ++changes_;  // taken back below if nothing changed; stays if an interpreter cannot be asked
  for (const auto& language : languages_of(id)) {
    const auto program = interpreter_program(language, environment, world_.caller);
    if (!world_.interpreters.identify_again(program)) continue;
    identities_.erase(key_of(language, world_.places.of(id)));
    changed = true;
  }
  if (!changed) --changes_;
  return changed;
}

StepFactReader::InterpreterKey StepFactReader::key_of(const std::string& language,
                                                      const StepPlace& place) {
  return {language, place.environment, place.target->ssh ? place.target : nullptr};
}

const RemoteInterpreter& StepFactReader::remote_interpreter(const std::string& language,
                                                            const StepPlace& place) {
  const auto key = key_of(language, place);
  const auto found = remote_interpreters_.find(key);
  if (found != remote_interpreters_.end()) return found->second.interpreter;
  return remote_interpreters_
      .emplace(key, world_.machines->known_interpreter(*place.target, *place.environment, language))
      .first->second.interpreter;
}

std::string StepFactReader::assumption(StepId id) const {
  const auto& place = world_.places.of(id);
  if (!place.target->ssh) return {};
  for (const auto& language : languages_of(id))
    if (const auto known = remote_interpreters_.find(key_of(language, place));
        known != remote_interpreters_.end() && known->second.as_of)
      return fmt::format("compute target '{}' was not asked: its packages as of {}",
                         place.target->name, local_time_text(*known->second.as_of));
  return {};
}

fs::path StepFactReader::interpreter_program_of(StepId id, const std::string& language) {
  const auto& place = world_.places.of(id);
  if (place.target->ssh) return remote_interpreter(language, place).program;
  return interpreter_program(language, *place.environment, world_.caller);
}

std::function<bool()> StepFactReader::interpreter_question(StepId id) {
  const auto& place = world_.places.of(id);
  std::vector<std::pair<std::string, InterpreterIdentity>> known;
  for (const auto& language : languages_of(id))
    known.emplace_back(language, remote_interpreter(language, place).identity);
  if (known.empty()) return {};
  return [known, place, machines = world_.machines] {
    return std::any_of(known.begin(), known.end(), [&](const auto& each) {
      return machines->interpreter(*place.target, *place.environment, each.first).identity !=
             each.second;
    });
  };
}

std::string StepFactReader::interpreter_identity(const Step& step, const std::string& language,
                                                 const StepPlace& place) {
  const auto& environment = *place.environment;
  const auto key = key_of(language, place);
  if (const auto found = identities_.find(key); found != identities_.end()) return found->second;
  // One program may stand behind several of them, and is asked once.
  const LookRecorder::Scope scope(for_everybody);
  InterpreterIdentity identity;
  try {
    identity = place.target->ssh ? remote_interpreter(language, place).identity
                                 : world_.interpreters.identify(
                                       interpreter_program(language, environment, world_.caller));
  } catch (const NoConnection& error) {
    throw NoConnection(
        located_error(place.target->location,
                      fmt::format("step '{}' needs to know what is installed there: {}", step.name,
                                  error.what()),
                      error.may_be_another()
                          ? "what was known of it may not hold for what answers now"
                          : "nothing is known of it from an earlier run (that went there the same "
                            "way: `ssh -G`) by which the step could be planned without it"),
        error.may_be_another());
  } catch (const Error& error) {
    throw_interpreter_error(step, language, place, error);
  }
  const std::string text = identity.text();
  const Hash hash = hash_bytes(text);
  long_texts_.emplace(hash, text);
  return identities_
      .emplace(key, fmt::format("{}, {} distributions {}", identity.version,
                                identity.distributions.size(), hash.hex()))
      .first->second;
}

}  // namespace mlpipe
