#pragma once

#include <string_view>

#include "view/html.h"
#include "view/report_data.h"

namespace mlpipe {

/// Where the images stand in the page.
inline constexpr std::string_view images_id = "images";

/// The images among the outputs.
[[nodiscard]] Markup image_gallery(const ReportData& data);

}  // namespace mlpipe
