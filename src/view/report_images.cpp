#include "view/report_images.h"

#include <fmt/format.h>

namespace mlpipe {

Markup image_gallery(const ReportData& data) {
  Markup figures;
  std::size_t number = 0;
  for (std::size_t i = 0; i < data.files.size(); ++i) {
    const auto& step = data.details.steps[i];
    for (std::size_t k = 0; k < data.files[i].outputs.size(); ++k)
      for (const auto& file : data.files[i].outputs[k].files)
        if (file.as == ShownAs::image)
          figures += image_figure(file,
                                  fmt::format("{} · {} · {}", step.record.step,
                                              shown_name(step.result->outputs.at(k)), file.path),
                                  fmt::format("image-{}", number++), images_id);
  }
  if (figures.empty()) return {};
  return element("div", {{"class", "gallery"}}, figures);
}

}  // namespace mlpipe
