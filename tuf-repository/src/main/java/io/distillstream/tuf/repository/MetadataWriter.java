package io.distillstream.tuf.repository;

import io.distillstream.tuf.metadata.CanonicalJson;
import io.distillstream.tuf.metadata.DelegatedRole;
import io.distillstream.tuf.metadata.Key;
import io.distillstream.tuf.metadata.KeySignature;
import io.distillstream.tuf.metadata.MetaFile;
import io.distillstream.tuf.metadata.RoleKeys;
import io.distillstream.tuf.metadata.RoleMetadata;
import io.distillstream.tuf.metadata.Root;
import io.distillstream.tuf.metadata.Snapshot;
import io.distillstream.tuf.metadata.Targets;
import io.distillstream.tuf.metadata.Timestamp;
import java.security.InvalidKeyException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Writes and signs metadata, by the specification's sections 4.2 to 4.6. */
public final class MetadataWriter {

  private static final String SPECIFICATION = "1.0.34";

  private MetadataWriter() {}

  /** The file of a role's metadata, signed by these keys. */
  public static byte[] write(RoleMetadata metadata, Collection<SigningKey> signers) {
    Map<String, Object> signed = signed(metadata);
    try {
      byte[] message = CanonicalJson.write(signed);
      List<Map<String, Object>> signatures = new ArrayList<>();
      for (SigningKey signer : signers) {
        KeySignature signature = signer.sign(message);
        signatures.add(Map.of("keyid", signature.keyId(), "sig", signature.signatureHex()));
      }
      return CanonicalJson.write(Map.of("signatures", signatures, "signed", signed));
    } catch (InvalidKeyException e) {
      throw new IllegalArgumentException("Cannot be signed: " + metadata, e);
    }
  }

  private static Map<String, Object> signed(RoleMetadata metadata) {
    Map<String, Object> signed = new TreeMap<>();
    signed.put("spec_version", SPECIFICATION);
    signed.put("version", metadata.version());
    signed.put("expires", metadata.expires().toString());
    if (metadata instanceof Root root) {
      signed.put("_type", "root");
      root(root, signed);
    } else if (metadata instanceof Timestamp timestamp) {
      signed.put("_type", "timestamp");
      signed.put("meta", Map.of("snapshot.json", metaFile(timestamp.snapshot())));
    } else if (metadata instanceof Snapshot snapshot) {
      signed.put("_type", "snapshot");
      Map<String, Object> meta = new TreeMap<>();
      snapshot.meta().forEach((role, file) -> meta.put(role + ".json", metaFile(file)));
      signed.put("meta", meta);
    } else if (metadata instanceof Targets targets) {
      signed.put("_type", "targets");
      targets(targets, signed);
    }
    return signed;
  }

  private static void root(Root root, Map<String, Object> signed) {
    Map<String, Object> keys = new TreeMap<>();
    Map<String, Object> roles = new TreeMap<>();
    root.roles()
        .forEach(
            (role, roleKeys) -> {
              keys(roleKeys, keys);
              roles.put(role.text(), roleKeys(roleKeys));
            });
    signed.put("consistent_snapshot", root.consistentSnapshot());
    signed.put("keys", keys);
    signed.put("roles", roles);
  }

  private static void targets(Targets targets, Map<String, Object> signed) {
    Map<String, Object> files = new TreeMap<>();
    targets
        .targets()
        .forEach(
            (path, file) ->
                files.put(
                    path,
                    Map.of("length", file.length(), "hashes", Map.of("sha256", file.sha256()))));
    signed.put("targets", files);
    if (!targets.delegations().isEmpty()) {
      Map<String, Object> keys = new TreeMap<>();
      List<Object> roles = new ArrayList<>();
      for (DelegatedRole role : targets.delegations()) {
        keys(role.keys(), keys);
        Map<String, Object> json = roleKeys(role.keys());
        json.put("name", role.name());
        json.put("terminating", role.terminating());
        if (role.pathHashPrefixes().isEmpty()) {
          json.put("paths", role.paths());
        } else {
          json.put("path_hash_prefixes", role.pathHashPrefixes());
        }
        roles.add(json);
      }
      signed.put("delegations", Map.of("keys", keys, "roles", roles));
    }
  }

  private static void keys(RoleKeys roleKeys, Map<String, Object> keys) {
    for (Map.Entry<String, Key> key : roleKeys.keys().entrySet()) {
      keys.put(key.getKey(), key.getValue().toJson());
    }
  }

  private static Map<String, Object> roleKeys(RoleKeys roleKeys) {
    Map<String, Object> json = new TreeMap<>();
    json.put("keyids", List.copyOf(roleKeys.keys().keySet()));
    json.put("threshold", roleKeys.threshold());
    return json;
  }

  private static Map<String, Object> metaFile(MetaFile file) {
    Map<String, Object> json = new TreeMap<>();
    json.put("version", file.version());
    file.length().ifPresent(length -> json.put("length", length));
    file.sha256().ifPresent(sha256 -> json.put("hashes", Map.of("sha256", sha256)));
    return json;
  }
}
