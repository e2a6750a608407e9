package io.distillstream.device.http;

import io.distillstream.device.transport.DamagedArtifactException;
import io.distillstream.device.transport.Pauses;
import io.distillstream.foundation.PlatformLog;
import io.distillstream.foundation.Sha256;
import io.distillstream.update.ArtifactRef;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * One file from a gateway. Where the connection is cut it goes on at the next byte, as often as
 * that brings it further, and gives up after a few attempts that do not.
 */
final class Download {

  private static final PlatformLog log = PlatformLog.of(Download.class);
  private static final int READ_MILLIS = 10_000;
  private static final int VAIN_ATTEMPTS = 5;
  private static final int PIECE_BYTES = 1 << 16;

  private final Gateway gateway;
  private final ArtifactRef file;
  private final Path target;
  private final Pauses pauses;

  /**
   * @param pauses between attempts that bring nothing
   */
  Download(Gateway gateway, ArtifactRef file, Path target, Pauses pauses) {
    this.gateway = gateway;
    this.file = file;
    this.target = target;
    this.pauses = pauses;
  }

  /**
   * Fetches all of it.
   *
   * @throws IOException if it cannot be had at the moment
   * @throws DamagedArtifactException if the gateway has other bytes under its name
   */
  void run() throws IOException, DamagedArtifactException {
    complete();
    if (!isSound()) {
      // Something on the way may have damaged it, once.
      log.warn("{} arrived damaged and is fetched again", file.sha256());
      Files.delete(target);
      complete();
      if (!isSound()) {
        throw new DamagedArtifactException("its bytes do not have the SHA-256 " + file.sha256());
      }
    }
  }

  private void complete() throws IOException, DamagedArtifactException {
    Files.deleteIfExists(target);
    Files.createFile(target);
    int vain = 0;
    for (long have = 0; have < file.sizeBytes(); have = Files.size(target)) {
      @Nullable IOException failure = null;
      Duration asked = Duration.ZERO;
      try {
        attempt(have);
      } catch (GatewayException e) {
        failure = e;
        asked = e.retryAfter();
      } catch (IOException e) {
        failure = e;
      }
      if (Files.size(target) > have) {
        vain = 0;
        pauses.reset();
      } else if (++vain > VAIN_ATTEMPTS) {
        throw failure != null ? failure : new IOException("Nothing of the file came");
      }
      if (Files.size(target) < file.sizeBytes()) {
        pause(pauses.next(asked), failure);
      }
    }
  }

  private void pause(Duration pause, @Nullable IOException failure) throws IOException {
    log.debug("{} was cut, next try in {}", file.sha256(), pause, failure);
    try {
      Thread.sleep(pause.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("The download was interrupted");
    }
  }

  private void attempt(long have) throws IOException, DamagedArtifactException {
    HttpURLConnection connection = gateway.open("/v1/artifacts/" + file.sha256(), READ_MILLIS);
    boolean whole = false;
    try {
      // Compressed, its bytes would be counted otherwise.
      connection.setRequestProperty("Accept-Encoding", "identity");
      if (have > 0) {
        connection.setRequestProperty("Range", "bytes=" + have + "-");
        connection.setRequestProperty("If-Range", '"' + file.sha256() + '"');
      }
      int status = connection.getResponseCode();
      if (status != HttpURLConnection.HTTP_PARTIAL || have == 0) {
        Gateway.requireStatus(connection, HttpURLConnection.HTTP_OK);
      } else {
        requireRange(connection.getHeaderField("Content-Range"), have);
      }
      long from = status == HttpURLConnection.HTTP_PARTIAL ? have : 0;
      copy(connection, from);
      whole = true;
    } finally {
      if (!whole) {
        connection.disconnect();
      }
    }
  }

  private void requireRange(@Nullable String range, long have) throws DamagedArtifactException {
    String expected = "bytes " + have + "-" + (file.sizeBytes() - 1) + "/" + file.sizeBytes();
    if (!expected.equals(range)) {
      throw new DamagedArtifactException(
          "asked for all bytes from " + have + " on, the gateway gives " + range);
    }
  }

  private void copy(HttpURLConnection connection, long from)
      throws IOException, DamagedArtifactException {
    StandardOpenOption how =
        from == 0 ? StandardOpenOption.TRUNCATE_EXISTING : StandardOpenOption.APPEND;
    try (InputStream in = connection.getInputStream();
        OutputStream out = Files.newOutputStream(target, StandardOpenOption.WRITE, how)) {
      byte[] piece = new byte[PIECE_BYTES];
      long have = from;
      for (int read = in.read(piece); read >= 0; read = in.read(piece)) {
        have += read;
        if (have > file.sizeBytes()) {
          throw new DamagedArtifactException(
              "it is longer than its " + file.sizeBytes() + " bytes");
        }
        out.write(piece, 0, read);
        if (Thread.currentThread().isInterrupted()) {
          throw new InterruptedIOException("The download was interrupted");
        }
      }
    }
  }

  private boolean isSound() throws IOException {
    try (InputStream in = Files.newInputStream(target)) {
      return Sha256.hex(in).equals(file.sha256());
    }
  }
}
