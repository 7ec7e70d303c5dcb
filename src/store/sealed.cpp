#include "store/sealed.h"

#include "base/hash.h"

namespace mlpipe {

std::string sealed(std::string contents, std::string_view format) {
  contents += format;
  contents.append(hash_bytes(contents).view());
  return contents;
}

std::optional<std::string_view> unsealed(std::string_view bytes, std::string_view format) {
  constexpr std::size_t hash_size = sizeof(Hash::bytes);
  if (bytes.size() < format.size() + hash_size) return std::nullopt;
  const auto hashed = bytes.substr(0, bytes.size() - hash_size);
  if (!hashed.ends_with(format) || hash_bytes(hashed).view() != bytes.substr(hashed.size()))
    return std::nullopt;
  return hashed.substr(0, hashed.size() - format.size());
}

}  // namespace mlpipe
