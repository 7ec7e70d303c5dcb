#pragma once

#include "history/history.h"

namespace mlpipe {

/// A transaction of its own, unless one is open already, which then goes on.
class OwnTransaction {
 public:
  explicit OwnTransaction(History& history) : history_(history), is_own_(!history.in_batch()) {
    history_.begin_batch();
  }
  ~OwnTransaction() {
    if (is_own_) history_.abandon_batch();  // nothing is open any more after commit()
  }
  OwnTransaction(const OwnTransaction&) = delete;
  OwnTransaction& operator=(const OwnTransaction&) = delete;

  void commit() {
    if (is_own_) history_.commit_batch();
  }

 private:
  History& history_;
  bool is_own_;
};

}  // namespace mlpipe
