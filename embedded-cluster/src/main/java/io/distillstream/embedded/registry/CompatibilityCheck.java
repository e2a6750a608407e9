package io.distillstream.embedded.registry;

import java.util.ArrayList;
import java.util.List;
import org.apache.avro.Schema;
import org.apache.avro.SchemaCompatibility;
import org.apache.avro.SchemaCompatibility.Incompatibility;

/**
 * Avro's schema resolution rules, applied in the directions that a compatibility level asks for.
 */
final class CompatibilityCheck {

  private CompatibilityCheck() {}

  /** A schema that a new one is checked against. */
  record Earlier(int version, Schema schema) {}

  /**
   * Compares the candidate with those of the earlier versions that the level asks for.
   *
   * @param earlier in the order of their versions
   * @return what stands against the candidate, one sentence each; empty means compatible
   */
  static List<String> problems(Schema candidate, List<Earlier> earlier, CompatibilityLevel level) {
    List<Earlier> relevant =
        level.transitive() || earlier.isEmpty()
            ? earlier
            : List.of(earlier.get(earlier.size() - 1));
    List<String> problems = new ArrayList<>();
    for (Earlier old : relevant) {
      if (level.backward()) {
        String which = "the new schema can't read records of version " + old.version();
        problems.addAll(unreadable(candidate, old.schema(), which));
      }
      if (level.forward()) {
        String which = "version " + old.version() + " can't read records of the new schema";
        problems.addAll(unreadable(old.schema(), candidate, which));
      }
    }
    return problems;
  }

  private static List<String> unreadable(Schema reader, Schema writer, String which) {
    List<Incompatibility> found =
        SchemaCompatibility.checkReaderWriterCompatibility(reader, writer)
            .getResult()
            .getIncompatibilities();
    return found.stream()
        .map(
            problem ->
                which
                    + ": "
                    + problem.getType()
                    + " at "
                    + problem.getLocation()
                    + ": "
                    + problem.getMessage())
        .toList();
  }
}
