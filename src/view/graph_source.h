#pragma once

#include <string>

#include "view/step_graph.h"

namespace mlpipe {

/// The graph in Graphviz's language, for `dot -Tsvg` and the like.
[[nodiscard]] std::string graph_dot(const StepGraph& graph);

/// The graph as a Mermaid flowchart, as Markdown on GitHub and GitLab shows it.
[[nodiscard]] std::string graph_mermaid(const StepGraph& graph);

}  // namespace mlpipe
