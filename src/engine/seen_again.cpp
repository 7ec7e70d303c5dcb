#include "engine/seen_again.h"

#include <algorithm>
#include <utility>

#include "base/look_again.h"
#include "engine/look_fields.h"
#include "engine/remembered_files.h"
#include "store/field_codec.h"

namespace mlpipe {

namespace {

RememberedFiles remembered_looks(const StateDirectory& state) {
  return {state.cache() / "looks", "mlpipe looks 1\n"};
}

}  // namespace

std::optional<RememberedLooks> read_remembered_looks(const StateDirectory& state, const Hash& key) {
  const LookRecorder::Pause aside;  // no plan hangs on what is remembered
  const auto bytes = remembered_looks(state).read(key);
  if (!bytes) return std::nullopt;
  RememberedLooks last{.id = hash_bytes(*bytes), .looks = {}};
  FieldDecoder decoder(*bytes);
  decoder(last.looks);
  return decoder.ended_well() ? std::optional(std::move(last)) : std::nullopt;
}

Hash write_remembered_looks(const StateDirectory& state, const Hash& key,
                            const std::vector<Look>& looks) {
  FieldEncoder encoder;
  encoder(looks);
  auto bytes = encoder.take();
  const Hash id = hash_bytes(bytes);
  remembered_looks(state).write(key, std::move(bytes));
  return id;
}

bool SeenAgain::all_hold() const {
  return std::all_of(holds.begin(), holds.end(), [](char one) { return one != 0; });
}

std::optional<SeenAgain> see_again(const StateDirectory& state, const Hash& key, WorkerPool& pool) {
  auto last = read_remembered_looks(state, key);
  if (!last) return std::nullopt;
  auto holds = which_hold(last->looks, pool);
  return SeenAgain{.last = std::move(*last), .holds = std::move(holds)};
}

}  // namespace mlpipe
