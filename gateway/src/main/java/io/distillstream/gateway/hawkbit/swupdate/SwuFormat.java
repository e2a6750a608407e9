package io.distillstream.gateway.hawkbit.swupdate;

import io.distillstream.gateway.store.Download;
import io.distillstream.gateway.store.StoredFile;
import io.distillstream.http.tls.CertifiedKey;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/**
 * How files are packed for SWUpdate: as a cpio archive with a {@code sw-description} that names
 * each with its SHA-256 and the place where it belongs, and, where there is a key, its signature.
 * Nothing is compressed. Equal files are equal images, at every gateway with the same key.
 *
 * @param folder of the device, absolute, where files are put; an image replaces each in one step
 * @param signer of images; empty for devices whose SWUpdate was built to ask for no signature
 */
public record SwuFormat(String folder, Optional<CertifiedKey> signer) {

  private static final String DESCRIPTION = "sw-description";

  /** Revisions of hardware that may install it: any. */
  private static final String ANY_HARDWARE = "#RE:^.*$";

  /**
   * A file of an image.
   *
   * @param name in the image
   * @param target its name in the device's folder
   * @param sha256 of its content
   */
  private record Entry(String name, String target, String sha256) {}

  /** A small file that goes with an artifact. */
  public static final class Companion {

    private final Entry entry;
    private final byte[] content;

    /**
     * @param name in the image
     * @param target its name in the device's folder
     * @param content not to be changed
     * @param sha256 of its content
     */
    public Companion(String name, String target, byte[] content, String sha256) {
      this.entry = new Entry(name, target, sha256);
      this.content = content;
    }
  }

  /**
   * An image. SWUpdate puts the artifact in its place first, then its companions in their order.
   *
   * @param version as SWUpdate shows and compares it
   * @param name of the artifact in the image
   * @param target the artifact's name in the device's folder
   */
  public Download image(
      long version, String name, String target, StoredFile artifact, List<Companion> companions) {
    StringBuilder entries =
        new StringBuilder(described(new Entry(name, target, artifact.sha256())));
    for (Companion companion : companions) {
      entries.append(",\n").append(described(companion.entry));
    }
    byte[] description =
        """
        software =
        {
          version = "%d";
          hardware-compatibility: [ "%s" ];
          files: (
        %s
          );
        }
        """
            .formatted(version, ANY_HARDWARE, entries)
            .getBytes(StandardCharsets.US_ASCII);
    CpioArchive archive = new CpioArchive();
    archive.add(DESCRIPTION, description);
    signer.ifPresent(key -> archive.add(DESCRIPTION + ".sig", CmsSignature.of(description, key)));
    byte[] head = archive.addWithoutContent(name, artifact.sizeBytes());
    companions.forEach(companion -> archive.add(companion.entry.name(), companion.content));
    return Download.around(head, artifact, archive.end());
  }

  private String described(Entry entry) {
    return """
            {
              filename = "%s";
              path = "%s/%s";
              sha256 = "%s";
              properties: { atomic-install = "true"; create-destination = "true"; }
            }\
        """
        .formatted(entry.name(), folder, entry.target(), entry.sha256());
  }
}
