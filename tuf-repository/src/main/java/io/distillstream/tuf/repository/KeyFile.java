package io.distillstream.tuf.repository;

import io.distillstream.foundation.PrivateFolders;
import io.distillstream.tuf.metadata.Key;
import io.distillstream.tuf.metadata.RoleKeys;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A key in a file, for its owner alone: PEM, the private key in PKCS#8 first, so that OpenSSL reads
 * it, then the public one, then those of earlier keys that it took over from.
 *
 * @param signingKey the key
 * @param predecessors public keys of those before it, the newest first; none of them signs any more
 */
public record KeyFile(SigningKey signingKey, List<Key> predecessors) {

  private static final Pattern BLOCK =
      Pattern.compile(
          "-----BEGIN (PRIVATE|PUBLIC) KEY-----(.*?)-----END \\1 KEY-----", Pattern.DOTALL);
  private static final String PRIVATE = "PRIVATE";
  private static final String PUBLIC = "PUBLIC";

  public KeyFile {
    predecessors = List.copyOf(predecessors);
  }

  /** This key and those that it took over from: metadata of each of them is to be followed up. */
  RoleKeys lineage() {
    List<Key> all = new ArrayList<>(predecessors);
    all.add(signingKey.key());
    return RoleKeys.of(all, 1);
  }

  /**
   * Writes a key to a file that is not there yet.
   *
   * @throws KeyException if there is one already: a key is never overwritten
   */
  static void create(Path file, SigningKey key, List<Key> predecessors)
      throws IOException, KeyException {
    StringBuilder pem = new StringBuilder();
    block(pem, PRIVATE, key.privateKey().getEncoded());
    block(pem, PUBLIC, key.key().x509());
    predecessors.forEach(earlier -> block(pem, PUBLIC, earlier.x509()));
    Path folder = file.toAbsolutePath().getParent();
    if (folder != null) {
      PrivateFolders.create(folder);
    }
    try (FileChannel channel =
        FileChannel.open(
            file,
            EnumSet.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
            owner(file))) {
      ByteBuffer left = ByteBuffer.wrap(pem.toString().getBytes(StandardCharsets.US_ASCII));
      while (left.hasRemaining()) {
        channel.write(left);
      }
      channel.force(true);
    } catch (FileAlreadyExistsException e) {
      throw new KeyException("There is a key in " + file + " already, and none is overwritten", e);
    }
  }

  /**
   * Reads a key.
   *
   * @throws KeyException if there is none, or none that can be used
   */
  public static KeyFile read(Path file) throws IOException, KeyException {
    try {
      Matcher blocks =
          BLOCK.matcher(new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1));
      KeyFactory keys = KeyFactory.getInstance("Ed25519");
      List<byte[]> secret = new ArrayList<>();
      List<PublicKey> open = new ArrayList<>();
      while (blocks.find()) {
        byte[] der = Base64.getMimeDecoder().decode(Objects.requireNonNull(blocks.group(2)));
        if (PRIVATE.equals(blocks.group(1))) {
          secret.add(der);
        } else {
          open.add(keys.generatePublic(new X509EncodedKeySpec(der)));
        }
      }
      if (secret.size() != 1 || open.isEmpty()) {
        throw new KeyException(
            "Expected a PEM block PRIVATE KEY and one PUBLIC KEY in " + file, null);
      }
      return new KeyFile(
          new SigningKey(keys.generatePrivate(new PKCS8EncodedKeySpec(secret.get(0))), open.get(0)),
          open.stream().skip(1).map(Key::of).toList());
    } catch (NoSuchFileException e) {
      throw new KeyException("There is no key file " + file, e);
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      throw new KeyException(file + " holds no ed25519 key: " + e.getMessage(), e);
    }
  }

  private static void block(StringBuilder pem, String kind, byte[] der) {
    pem.append("-----BEGIN ").append(kind).append(" KEY-----\n");
    pem.append(Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der));
    pem.append("\n-----END ").append(kind).append(" KEY-----\n");
  }

  private static FileAttribute<?>[] owner(Path file) {
    Set<String> views = file.getFileSystem().supportedFileAttributeViews();
    return views.contains("posix")
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
        }
        : new FileAttribute<?>[0];
  }
}
