package io.distillstream.chaos.fault;

import io.distillstream.chaos.process.Stage;
import java.util.List;

/** Records that no stage wrote: they are on the brokers' topics at once, and stay there. */
interface TopicFault extends Fault {

  @Override
  default List<Stage> targets() {
    return List.of(Stage.CLUSTER);
  }

  @Override
  default Span lasts() {
    return Span.ofSeconds(0, 0);
  }
}
