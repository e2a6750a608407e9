package io.distillstream.embedded.registry;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What the registry can be asked and told, by the rules of Confluent's: one id per distinct schema
 * wherever it is registered, versions counted by subject, nothing registered that breaks the
 * subject's compatibility level. Changes happen one at a time and have returned only when they are
 * in the topic and applied. Thread-safe.
 */
final class SchemaStore {

  private final RegistryState state;
  private final RegistryLog log;
  private final AvroSchemas schemas;

  /** Borrows both. */
  SchemaStore(RegistryState state, RegistryLog log) {
    this.state = state;
    this.log = log;
    this.schemas = new AvroSchemas(state);
  }

  /**
   * Registers the schema as the subject's next version, unless it is one already.
   *
   * @return the schema's version, an earlier one if the subject has it
   */
  synchronized SchemaVersion register(String subject, SchemaText text) {
    AvroSchemas.Parsed parsed = schemas.parse(text);
    Optional<SchemaVersion> registered = find(subject, parsed.text(), false);
    if (registered.isPresent()) {
      return registered.get();
    }
    List<String> problems = problems(subject, parsed, live(subject));
    if (!problems.isEmpty()) {
      throw RegistryException.incompatible(subject, problems.toString());
    }
    int id = state.id(parsed.text()).orElseGet(() -> state.highestId() + 1);
    int version =
        1 + state.versions(subject).stream().mapToInt(SchemaVersion::version).max().orElse(0);
    SchemaVersion next = new SchemaVersion(subject, version, id, parsed.text(), false);
    log.append(new RegistryChange.Put(next));
    return next;
  }

  /** The version under which the subject has this schema. */
  SchemaVersion lookup(String subject, SchemaText text, boolean includeDeleted) {
    requireSubject(subject, includeDeleted);
    return find(subject, schemas.parse(text).text(), includeDeleted)
        .orElseThrow(RegistryException::schemaNotFound);
  }

  private Optional<SchemaVersion> find(String subject, SchemaText text, boolean includeDeleted) {
    return visible(subject, includeDeleted).filter(v -> v.text().equals(text)).findFirst();
  }

  /** What stands against registering the schema; empty means nothing does. */
  List<String> problems(String subject, SchemaText candidate) {
    return problems(subject, schemas.parse(candidate), live(subject));
  }

  /** What stands against the schema when it is compared with one version only. */
  List<String> problems(String subject, SchemaText candidate, VersionId version) {
    AvroSchemas.Parsed parsed = schemas.parse(candidate);
    return problems(subject, parsed, List.of(version(subject, version, false)));
  }

  private List<String> problems(
      String subject, AvroSchemas.Parsed candidate, List<SchemaVersion> versions) {
    List<CompatibilityCheck.Earlier> earlier =
        versions.stream()
            .map(v -> new CompatibilityCheck.Earlier(v.version(), schemas.parse(v.text()).schema()))
            .toList();
    return CompatibilityCheck.problems(candidate.schema(), earlier, effectiveLevel(subject));
  }

  List<String> subjects(boolean includeDeleted) {
    return everything(includeDeleted).map(SchemaVersion::subject).distinct().toList();
  }

  List<Integer> versions(String subject, boolean includeDeleted) {
    requireSubject(subject, includeDeleted);
    return visible(subject, includeDeleted).map(SchemaVersion::version).toList();
  }

  SchemaVersion version(String subject, VersionId wanted, boolean includeDeleted) {
    requireSubject(subject, includeDeleted);
    List<SchemaVersion> versions = visible(subject, includeDeleted).toList();
    if (wanted.isLatest()) {
      return versions.get(versions.size() - 1);
    }
    return versions.stream()
        .filter(v -> v.version() == wanted.number())
        .findFirst()
        .orElseThrow(() -> RegistryException.versionNotFound(wanted.number()));
  }

  SchemaText text(int id) {
    return state.text(id).orElseThrow(() -> RegistryException.idNotFound(id));
  }

  int highestId() {
    return state.highestId();
  }

  /** Every version of every subject, by subject and version. */
  Stream<SchemaVersion> everything(boolean includeDeleted) {
    return state.everything().stream().filter(v -> includeDeleted || !v.deleted());
  }

  /** Where the schema with this id is registered. */
  List<SchemaVersion> versionsOf(int id, boolean includeDeleted) {
    text(id);
    return everything(includeDeleted).filter(v -> v.id() == id).toList();
  }

  /** The ids of the schemas that use a version. */
  List<Integer> referencesTo(String subject, VersionId version) {
    return referencesTo(version(subject, version, false))
        .map(SchemaVersion::id)
        .distinct()
        .toList();
  }

  private Stream<SchemaVersion> referencesTo(SchemaVersion target) {
    return everything(false)
        .filter(
            user ->
                user.text().references().stream()
                    .anyMatch(
                        reference ->
                            reference.subject().equals(target.subject())
                                && reference.version() == target.version()));
  }

  /** Deletes all versions: softly, or for good those that are softly deleted. */
  synchronized List<Integer> deleteSubject(String subject, boolean permanent) {
    List<SchemaVersion> all = state.versions(subject);
    List<SchemaVersion> live = live(subject);
    if (all.isEmpty()) {
      throw RegistryException.subjectNotFound(subject);
    }
    if (permanent && !live.isEmpty()) {
      throw RegistryException.subjectNotSoftDeleted(subject);
    }
    if (!permanent && live.isEmpty()) {
      throw RegistryException.subjectSoftDeleted(subject);
    }
    List<SchemaVersion> doomed = permanent ? all : live;
    doomed.forEach(this::requireUnused);
    doomed.forEach(version -> delete(version, permanent));
    return doomed.stream().map(SchemaVersion::version).toList();
  }

  /** Deletes one version: softly, or for good if it is softly deleted. */
  synchronized int deleteVersion(String subject, VersionId wanted, boolean permanent) {
    SchemaVersion version = version(subject, wanted, true);
    if (permanent && !version.deleted()) {
      throw RegistryException.versionNotSoftDeleted(subject, version.version());
    }
    if (!permanent && version.deleted()) {
      throw RegistryException.versionSoftDeleted(subject, version.version());
    }
    requireUnused(version);
    delete(version, permanent);
    return version.version();
  }

  private void requireUnused(SchemaVersion version) {
    if (referencesTo(version).findAny().isPresent()) {
      throw RegistryException.referenced(version);
    }
  }

  private void delete(SchemaVersion version, boolean permanent) {
    if (permanent) {
      log.append(new RegistryChange.HighestId(state.highestId()));
      log.append(new RegistryChange.Remove(version.subject(), version.version()));
    } else {
      log.append(new RegistryChange.Put(version.asDeleted()));
    }
  }

  CompatibilityLevel globalLevel() {
    return state.globalLevel();
  }

  /** The subject's own level, if it has one. */
  Optional<CompatibilityLevel> levelOf(String subject) {
    return state.levelOf(subject);
  }

  private CompatibilityLevel effectiveLevel(String subject) {
    return levelOf(subject).orElseGet(this::globalLevel);
  }

  /**
   * Sets a compatibility level.
   *
   * @param subject null sets the level of all subjects without one of their own
   * @param level null takes the setting away
   */
  synchronized void setLevel(@Nullable String subject, @Nullable CompatibilityLevel level) {
    log.append(new RegistryChange.Level(subject, level));
  }

  private void requireSubject(String subject, boolean includeDeleted) {
    if (visible(subject, includeDeleted).findAny().isEmpty()) {
      throw RegistryException.subjectNotFound(subject);
    }
  }

  private List<SchemaVersion> live(String subject) {
    return visible(subject, false).toList();
  }

  private Stream<SchemaVersion> visible(String subject, boolean includeDeleted) {
    return state.versions(subject).stream().filter(v -> includeDeleted || !v.deleted());
  }
}
