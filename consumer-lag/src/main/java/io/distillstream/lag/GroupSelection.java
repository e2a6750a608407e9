package io.distillstream.lag;

import java.util.Collection;
import java.util.Map;
import java.util.Set;

/** Which consumer groups are measured. */
public interface GroupSelection {

  /** Whether a group of the cluster is. */
  boolean includes(String group);

  /**
   * Groups whose topics are known beforehand, and these topics. All partitions of them are measured
   * even before the group exists or has committed anything.
   *
   * @param existing ids of the included groups that exist
   */
  Map<String, Set<String>> inputs(Collection<String> existing);

  /** Topics whose partitions are looked at beside those that the groups read. */
  Set<String> topics();
}
