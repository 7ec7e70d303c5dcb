#include "engine/copy_note.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <random>
#include <system_error>

#include "store/field_codec.h"
#include "store/sealed.h"

namespace mlpipe {

namespace fs = std::filesystem;

void fields(auto& codec, FieldsOf<CopyNote> auto& note) {
  auto& [making, path, ours, file] = note;
  codec(making, path, ours, file);
}

namespace {

constexpr std::string_view copy_note_format = "mlpipe copy 1\n";
constexpr std::string_view copy_name_start = ".mlpipe-";

/// As fresh_copy_name() makes them: ".mlpipe-", eight hexadecimal digits, "-", a number.
bool is_copy_name(std::string_view name) {
  constexpr std::size_t digits = 8;
  if (!name.starts_with(copy_name_start)) return false;
  name.remove_prefix(copy_name_start.size());
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  const auto is_hex = [&](char c) { return is_digit(c) || (c >= 'a' && c <= 'f'); };
  return name.size() > digits + 1 && name[digits] == '-' &&
         std::all_of(name.begin(), name.begin() + digits, is_hex) &&
         std::all_of(name.begin() + digits + 1, name.end(), is_digit);
}

}  // namespace

std::string fresh_copy_name() {
  static const unsigned process = std::random_device()();
  static std::atomic<unsigned> counter{0};
  return fmt::format("{}{:08x}-{}", copy_name_start, process, counter++);
}

std::string encode(const CopyNote& note) {
  FieldEncoder encoder;
  encoder(note);
  return sealed(encoder.take(), copy_note_format);
}

std::optional<CopyNote> decode_copy_note(std::string_view bytes) {
  const auto contents = unsealed(bytes, copy_note_format);
  if (!contents) return std::nullopt;
  FieldDecoder decoder(*contents);
  CopyNote note;
  decoder(note);
  const bool is_sound = decoder.ended_well() && note.path.is_absolute() &&
                        is_copy_name(note.making.filename().native()) &&
                        note.making == note.path.parent_path() / note.making.filename();
  return is_sound ? std::optional(std::move(note)) : std::nullopt;
}

bool belongs_to(const CopyNote& note, const fs::path& file) {
  std::error_code error;
  return file.filename() == note.making.filename() && note.file == fs::canonical(file, error);
}

}  // namespace mlpipe
