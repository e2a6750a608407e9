package io.distillstream.tuf.metadata;

import io.distillstream.foundation.json.InvalidJsonException;
import io.distillstream.foundation.json.Json;
import io.distillstream.foundation.json.JsonFields;
import io.distillstream.tuf.refusal.MalformedMetadataException;
import io.distillstream.tuf.refusal.SignatureThresholdException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * Metadata with its signatures, which nobody has checked until {@link #verify}. What is signed is
 * the canonical form of what was read, members included that this release does not know.
 *
 * @param <T> what the role's metadata says
 */
public final class SignedMetadata<T extends RoleMetadata> {

  private final String role;
  private final byte[] file;
  private final byte[] signedBytes;
  private final List<KeySignature> signatures;
  private final T metadata;

  private SignedMetadata(
      String role, byte[] file, byte[] signedBytes, List<KeySignature> signatures, T metadata) {
    this.role = role;
    this.file = file;
    this.signedBytes = signedBytes;
    this.signatures = List.copyOf(signatures);
    this.metadata = metadata;
  }

  /** Reads a root; so do the others. */
  public static SignedMetadata<Root> root(byte[] file) throws MalformedMetadataException {
    return read(TopLevelRole.ROOT.text(), file, MetadataFormat::root);
  }

  public static SignedMetadata<Timestamp> timestamp(byte[] file) throws MalformedMetadataException {
    return read(TopLevelRole.TIMESTAMP.text(), file, MetadataFormat::timestamp);
  }

  public static SignedMetadata<Snapshot> snapshot(byte[] file) throws MalformedMetadataException {
    return read(TopLevelRole.SNAPSHOT.text(), file, MetadataFormat::snapshot);
  }

  /**
   * Reads the metadata of targets.
   *
   * @param role {@code targets}, or the name of a delegated role
   */
  public static SignedMetadata<Targets> targets(String role, byte[] file)
      throws MalformedMetadataException {
    return read(role, file, MetadataFormat::targets);
  }

  private static <T extends RoleMetadata> SignedMetadata<T> read(
      String role, byte[] file, Function<JsonFields, T> format) throws MalformedMetadataException {
    try {
      JsonFields envelope = Json.object(file);
      JsonFields signed = envelope.object("signed");
      List<KeySignature> signatures = new ArrayList<>();
      for (JsonFields signature : envelope.objects("signatures")) {
        signatures.add(new KeySignature(signature.text("keyid"), signature.text("sig")));
      }
      return new SignedMetadata<>(
          role, file.clone(), CanonicalJson.write(signed.tree()), signatures, format.apply(signed));
    } catch (InvalidJsonException e) {
      throw new MalformedMetadataException(role, String.valueOf(e.getMessage()));
    }
  }

  /**
   * Holds it to a threshold of keys.
   *
   * @return this
   * @throws SignatureThresholdException if too few of them signed it
   */
  public SignedMetadata<T> verify(RoleKeys keys) throws SignatureThresholdException {
    keys.verify(role, signedBytes, signatures);
    return this;
  }

  public T metadata() {
    return metadata;
  }

  /** The file that it was read from. */
  public byte[] file() {
    return file.clone();
  }

  public List<KeySignature> signatures() {
    return signatures;
  }
}
