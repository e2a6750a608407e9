package io.distillstream.tuf.metadata;

import io.distillstream.tuf.refusal.SignatureThresholdException;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * The keys that may sign for a role, and how many of them must.
 *
 * @param keys by id
 * @param threshold at least 1
 */
public record RoleKeys(Map<String, Key> keys, int threshold) {

  public RoleKeys {
    keys = Collections.unmodifiableMap(new TreeMap<>(keys));
    if (threshold < 1) {
      throw new IllegalArgumentException("A threshold is at least 1, was " + threshold);
    }
  }

  /** All of these keys, of which as many must sign as the threshold says. */
  public static RoleKeys of(Collection<Key> keys, int threshold) {
    Map<String, Key> byId = new TreeMap<>();
    keys.forEach(key -> byId.put(key.id(), key));
    return new RoleKeys(byId, threshold);
  }

  /**
   * Holds metadata to the threshold. A key counts once, however many ids or signatures it comes
   * with.
   *
   * @throws SignatureThresholdException if too few of the role's keys signed
   */
  void verify(String role, byte[] signed, List<KeySignature> signatures)
      throws SignatureThresholdException {
    Set<String> ids = new HashSet<>();
    Set<String> signers = new HashSet<>();
    for (KeySignature signature : signatures) {
      Key key = keys.get(signature.keyId());
      // Hexadecimal digits of either case stand for the same key.
      String signer = key == null ? "" : key.publicHex().toLowerCase(Locale.ROOT);
      if (key != null
          && ids.add(signature.keyId())
          && !signers.contains(signer)
          && key.verifies(signed, signature.signatureHex())) {
        signers.add(signer);
      }
    }
    if (signers.size() < threshold) {
      throw new SignatureThresholdException(role, signers.size(), threshold);
    }
  }
}
