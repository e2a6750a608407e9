package io.distillstream.tuf.metadata;

import io.distillstream.foundation.json.InvalidJsonException;
import io.distillstream.foundation.json.JsonFields;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;

/** Reads what is signed into records, by the specification's sections 4.3 to 4.6. */
final class MetadataFormat {

  /** Its names in {@code meta} are those of files. */
  private static final String FILE_SUFFIX = ".json";

  /** Beyond it a double, and so a JSON parser of another language, does not hold whole numbers. */
  private static final long LARGEST = 1L << 53;

  private static final int MOST_KEYS = 1_000;

  private MetadataFormat() {}

  static Root root(JsonFields signed) {
    requireType("root", signed);
    Map<String, Key> keys = keys(signed.object("keys"));
    JsonFields roles = signed.object("roles");
    Map<TopLevelRole, RoleKeys> byRole = new EnumMap<>(TopLevelRole.class);
    for (TopLevelRole role : TopLevelRole.values()) {
      byRole.put(role, roleKeys(roles.object(role.text()), keys));
    }
    return new Root(version(signed), expires(signed), signed.flag("consistent_snapshot"), byRole);
  }

  static Timestamp timestamp(JsonFields signed) {
    requireType("timestamp", signed);
    return new Timestamp(
        version(signed),
        expires(signed),
        metaFile(signed.object("meta").object("snapshot" + FILE_SUFFIX)));
  }

  static Snapshot snapshot(JsonFields signed) {
    requireType("snapshot", signed);
    JsonFields meta = signed.object("meta");
    Map<String, MetaFile> byRole = new TreeMap<>();
    for (String file : meta.names()) {
      if (!file.endsWith(FILE_SUFFIX)) {
        throw invalid("expected names that end in .json in meta, got " + file);
      }
      byRole.put(
          file.substring(0, file.length() - FILE_SUFFIX.length()), metaFile(meta.object(file)));
    }
    return new Snapshot(version(signed), expires(signed), byRole);
  }

  static Targets targets(JsonFields signed) {
    requireType("targets", signed);
    JsonFields targets = signed.object("targets");
    Map<String, TargetFile> byPath = new TreeMap<>();
    for (String path : targets.names()) {
      JsonFields target = targets.object(path);
      byPath.put(
          path,
          new TargetFile(
              target.wholeNumber("length", 0, LARGEST), sha256(target.object("hashes"))));
    }
    return new Targets(
        version(signed),
        expires(signed),
        byPath,
        signed.has("delegations") ? delegations(signed.object("delegations")) : List.of());
  }

  private static List<DelegatedRole> delegations(JsonFields delegations) {
    if (delegations.has("succinct_roles")) {
      throw invalid("delegations to succinct_roles are not supported");
    }
    Map<String, Key> keys = keys(delegations.object("keys"));
    List<DelegatedRole> roles = new ArrayList<>();
    Set<String> names = new HashSet<>();
    for (JsonFields role : delegations.objects("roles")) {
      String name = role.text("name");
      if (name.isEmpty() || topLevel(name) || !names.add(name)) {
        throw invalid("a delegated role cannot be named \"" + name + "\" here");
      }
      if (role.has("paths") == role.has("path_hash_prefixes")) {
        throw invalid("expected either paths or path_hash_prefixes of delegated role " + name);
      }
      roles.add(
          new DelegatedRole(
              name,
              roleKeys(role, keys),
              role.flag("terminating"),
              role.has("paths") ? role.texts("paths") : List.of(),
              role.has("paths") ? List.of() : role.texts("path_hash_prefixes")));
    }
    return roles;
  }

  private static boolean topLevel(String name) {
    for (TopLevelRole role : TopLevelRole.values()) {
      if (role.text().equals(name)) {
        return true;
      }
    }
    return false;
  }

  private static Map<String, Key> keys(JsonFields keys) {
    Map<String, Key> byId = new TreeMap<>();
    for (String id : keys.names()) {
      JsonFields key = keys.object(id);
      byId.put(
          id,
          new Key(key.text("keytype"), key.text("scheme"), key.object("keyval").text("public")));
    }
    return byId;
  }

  private static RoleKeys roleKeys(JsonFields role, Map<String, Key> keys) {
    Map<String, Key> own = new TreeMap<>();
    for (String id : role.texts("keyids")) {
      Key key = keys.get(id);
      if (key == null) {
        throw invalid("keyids names a key that is not in keys: " + id);
      }
      if (own.put(id, key) != null) {
        throw invalid("keyids names a key twice: " + id);
      }
    }
    return new RoleKeys(own, (int) role.wholeNumber("threshold", 1, MOST_KEYS));
  }

  private static MetaFile metaFile(JsonFields file) {
    return new MetaFile(
        version(file),
        file.has("length")
            ? OptionalLong.of(file.wholeNumber("length", 1, LARGEST))
            : OptionalLong.empty(),
        file.has("hashes") ? Optional.of(sha256(file.object("hashes"))) : Optional.empty());
  }

  private static String sha256(JsonFields hashes) {
    String sha256 = hashes.text("sha256");
    if (!sha256.matches("[0-9a-f]{64}")) {
      throw invalid("expected 64 lower-case hexadecimal digits at hashes.sha256");
    }
    return sha256;
  }

  private static long version(JsonFields signed) {
    return signed.wholeNumber("version", 1, LARGEST);
  }

  private static void requireType(String type, JsonFields signed) {
    if (!signed.text("_type").equals(type)) {
      throw invalid("expected metadata of type " + type + ", got " + signed.text("_type"));
    }
    String specification = signed.text("spec_version");
    if (!specification.matches("1(\\.[0-9]{1,9}){1,2}")) {
      throw invalid("expected version 1 of the specification, got " + specification);
    }
  }

  private static Instant expires(JsonFields signed) {
    String text = signed.text("expires");
    try {
      return Instant.parse(text);
    } catch (DateTimeException e) {
      throw invalid("expected a UTC time such as 2030-01-31T12:00:00Z in expires");
    }
  }

  private static InvalidJsonException invalid(String message) {
    return new InvalidJsonException("", message);
  }
}
