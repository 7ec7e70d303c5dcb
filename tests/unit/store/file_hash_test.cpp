#include "store/file_hash.h"

#include "support/catch.h"
#include "unit/store/store_testing.h"

namespace mlpipe {

TEST_CASE("a sparse file hashes like the zeros it stands for, and stays sparse when it is copied") {
  Playground space;
  const auto write_at = [](const Fd& fd, std::string_view text, off_t at) {
    REQUIRE(::pwrite(fd.get(), text.data(), text.size(), at) == static_cast<ssize_t>(text.size()));
  };
  // Holes before, between and after data; data at both ends; a length that is no whole block.
  struct Layout {
    off_t size;
    std::vector<off_t> data;
  };
  const std::vector<Layout> layouts = {{10'000'001, {}},
                                       {10'000'001, {0}},
                                       {10'000'001, {4'000'000, 4'100'000}},
                                       {10'000'001, {0, 5'000'000, 9'999'990}},
                                       {4096, {4000}}};
  for (std::size_t i = 0; i < layouts.size(); ++i) {
    const auto sparse = space / ("sparse" + std::to_string(i));
    const auto plain = space / ("plain" + std::to_string(i));
    std::string bytes(static_cast<std::size_t>(layouts[i].size), '\0');
    {
      const Fd fd = open_file(sparse, O_RDWR | O_CREAT);
      REQUIRE(::ftruncate(fd.get(), layouts[i].size) == 0);
      for (const auto at : layouts[i].data) {
        write_at(fd, "data here", at);
        bytes.replace(static_cast<std::size_t>(at), 9, "data here");
      }
    }
    put_file(plain, bytes);
    const auto expected = hash_file(plain).hash;
    CHECK(expected == hash_bytes(bytes));
    CHECK(hash_file(sparse).hash == expected);
    CHECK(hash_file(sparse).bytes == bytes.size());
    const auto copy = space / ("copy" + std::to_string(i));
    CHECK(copy_and_hash(sparse, copy).hash == expected);
    CHECK(read_file(copy) == bytes);
    const auto other = space / ("other" + std::to_string(i));
    copy_file(sparse, other, false);
    CHECK(read_file(other) == bytes);
    for (const auto& file : {copy, other}) {
      struct stat look {};
      REQUIRE(::stat(file.c_str(), &look) == 0);
      CHECK(look.st_blocks * 512 < 1'000'000);
    }
  }
}

}  // namespace mlpipe
