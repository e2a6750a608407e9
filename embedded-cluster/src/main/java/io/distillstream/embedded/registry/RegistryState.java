package io.distillstream.embedded.registry;

import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What the log of changes adds up to: versions by subject, schemas by id, compatibility levels.
 * Changes come from the log only, so that a restarted registry knows what this one knew.
 * Thread-safe.
 */
final class RegistryState {

  private final NavigableMap<String, NavigableMap<Integer, SchemaVersion>> subjects =
      new TreeMap<>();
  private final Map<Integer, SchemaText> textById = new HashMap<>();
  private final Map<SchemaText, Integer> idByText = new HashMap<>();
  private final Map<String, CompatibilityLevel> levelBySubject = new HashMap<>();
  private @Nullable CompatibilityLevel globalLevel;
  private int highestId;

  synchronized void put(SchemaVersion version) {
    subjects
        .computeIfAbsent(version.subject(), s -> new TreeMap<>())
        .put(version.version(), version);
    textById.put(version.id(), version.text());
    idByText.putIfAbsent(version.text(), version.id());
    raiseHighestId(version.id());
  }

  /** Forgets the version, and its schema's id when no other version has it. */
  synchronized void remove(String subject, int version) {
    NavigableMap<Integer, SchemaVersion> versions = subjects.get(subject);
    @Nullable SchemaVersion removed = versions == null ? null : versions.remove(version);
    if (versions == null || removed == null) {
      return;
    }
    if (versions.isEmpty()) {
      subjects.remove(subject);
    }
    if (all().noneMatch(other -> other.id() == removed.id())) {
      textById.remove(removed.id());
      idByText.remove(removed.text(), removed.id());
    }
  }

  /** Ids up to this one are never given out again, even if their schemas are gone. */
  synchronized void raiseHighestId(int id) {
    highestId = Math.max(highestId, id);
  }

  /**
   * Sets a compatibility level.
   *
   * @param subject null means the level for all subjects without one of their own
   * @param level null takes the setting away
   */
  synchronized void setLevel(@Nullable String subject, @Nullable CompatibilityLevel level) {
    if (subject == null) {
      globalLevel = level;
    } else if (level == null) {
      levelBySubject.remove(subject);
    } else {
      levelBySubject.put(subject, level);
    }
  }

  synchronized CompatibilityLevel globalLevel() {
    return globalLevel == null ? CompatibilityLevel.DEFAULT : globalLevel;
  }

  synchronized Optional<CompatibilityLevel> levelOf(String subject) {
    return Optional.ofNullable(levelBySubject.get(subject));
  }

  synchronized int highestId() {
    return highestId;
  }

  synchronized Optional<SchemaText> text(int id) {
    return Optional.ofNullable(textById.get(id));
  }

  synchronized Optional<Integer> id(SchemaText text) {
    return Optional.ofNullable(idByText.get(text));
  }

  /** The subject's versions in order, softly deleted ones among them; empty if there are none. */
  synchronized List<SchemaVersion> versions(String subject) {
    NavigableMap<Integer, SchemaVersion> versions = subjects.get(subject);
    return versions == null ? List.of() : List.copyOf(versions.values());
  }

  synchronized Optional<SchemaVersion> version(String subject, int version) {
    NavigableMap<Integer, SchemaVersion> versions = subjects.get(subject);
    return versions == null ? Optional.empty() : Optional.ofNullable(versions.get(version));
  }

  /** All versions by subject and version, softly deleted ones among them. */
  synchronized List<SchemaVersion> everything() {
    return all().toList();
  }

  private Stream<SchemaVersion> all() {
    return subjects.values().stream().map(Map::values).flatMap(Collection::stream);
  }
}
