#pragma once

#include <string>
#include <utility>

#include "spec/keywords.h"
#include "spec/yaml_document.h"

namespace mlpipe {

/// One `--set PATH=VALUE`; `number` counts them from 0 and becomes the mark's column.
struct Setting {
  std::string path;  ///< "steps.train.resources.cpus"; a number stands for an item of a list.
  std::string value;
  int number = 0;
};

/// Put a value into a document before it is read. The value is a YAML scalar, or a list or map in
/// flow style; an empty one removes what was there. Throws Error(usage) for a path that leads to
/// nothing a file of this kind can hold, with the nearest name.
void set_value(YamlDocument& document, Place top, Spelling spelling, const Setting& setting);

}  // namespace mlpipe
