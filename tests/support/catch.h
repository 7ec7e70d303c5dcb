#pragma once

// Catch2 3 where it is installed, Catch2 2.13 on Debian 12. Only what both have.
#if __has_include(<catch2/catch_all.hpp>)
#include <catch2/catch_all.hpp>
#else
#include <catch2/catch.hpp>
#endif
