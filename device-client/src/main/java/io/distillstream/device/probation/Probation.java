package io.distillstream.device.probation;

import io.distillstream.device.folder.Conduct;
import io.distillstream.device.folder.InstalledModel;
import io.distillstream.device.folder.ModelFolder;
import io.distillstream.foundation.PlatformLog;
import java.io.IOException;
import java.time.Duration;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Remembers which models take the process down. A model can do so in ways that no probe shows and
 * no exception tells of: a fault in native code, or so much memory that the system kills the
 * process. So before a model is loaded it is noted as having crashed, and the note is taken back
 * when it has lasted: after {@link #TIME} or {@link #ANSWERS} answers since it took over, or when
 * the device is closed before that. Whoever dies in between leaves the note.
 *
 * <p>One model is on probation at a time, the newest: while another is tried, a crash says nothing
 * of the one that answers.
 *
 * <p>What cannot be noted, for lack of room, is not counted, and the device runs all the same.
 * Thread-safe.
 */
public final class Probation {

  public static final Duration TIME = Duration.ofSeconds(30);
  public static final int ANSWERS = 10;

  private static final PlatformLog log = PlatformLog.of(Probation.class);
  private static final int MOST_REMEMBERED = 32;
  private static final long LOOK_MILLIS = 1_000;

  private final int limit;
  private final ModelFolder folder;
  private final LongSupplier answersServed;
  private final LongSupplier nanoTime;
  private final Map<String, Conduct> conducts = new LinkedHashMap<>();
  private final Set<String> restingNow = new HashSet<>();

  /** SHA-256 of what is being tried, and of what answers and has not lasted yet. */
  private @Nullable String tried;

  private @Nullable String answering;
  private long since;
  private long answersBefore;
  private boolean closed;

  /**
   * @param limit crashes in a row after which a model is refused; 0 for none
   * @param folder borrowed
   * @param nanoTime the monotonic clock, nanoseconds
   */
  public Probation(
      int limit, ModelFolder folder, LongSupplier answersServed, LongSupplier nanoTime) {
    this.limit = limit;
    this.folder = folder;
    this.answersServed = answersServed;
    this.nanoTime = nanoTime;
    try {
      conducts.putAll(folder.conducts());
    } catch (IOException e) {
      log.warn("It is not known any more which models crashed: {}", e.getMessage());
    }
  }

  /** A model is about to be loaded: if the process ends now, it is to blame. */
  public synchronized void begin(InstalledModel model) {
    excuse(answering);
    tried = model.sha256();
    blame(tried);
    write();
  }

  /** The model that was tried answers from now on. */
  public synchronized void takenOver() {
    answering = tried;
    tried = null;
    since = nanoTime.getAsLong();
    answersBefore = answersServed.getAsLong();
    notifyAll();
  }

  /** The model that was tried, if any, does not take over, and the process is alive. */
  public synchronized void survived() {
    if (tried != null) {
      conducts.remove(tried);
      tried = null;
      blame(answering);
      write();
    }
  }

  /**
   * Ends the probation of the model that answers if it has lasted; whether none is on probation.
   */
  public synchronized boolean settle() {
    if (tried == null
        && answering != null
        && (nanoTime.getAsLong() - since >= TIME.toNanos()
            || answersServed.getAsLong() - answersBefore >= ANSWERS)) {
      hasLasted(answering);
    }
    return answering == null;
  }

  /** Settles what is to be settled, in time, until this is closed. */
  public synchronized void watch() {
    try {
      while (!closed) {
        // Where nothing is on probation, the next model to take over wakes it.
        wait(settle() ? 0 : LOOK_MILLIS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** The device is closed in order: what answered has lasted. Idempotent. */
  public synchronized void close() {
    // What is still being tried was left by an error, such as a lack of memory.
    if (tried == null && answering != null) {
      hasLasted(answering);
    }
    closed = true;
    notifyAll();
  }

  /** Why a model must not be loaded, if so. */
  public synchronized Optional<String> objection(InstalledModel model) {
    int crashes = conduct(model.sha256()).crashes() - (isOnProbation(model) ? 1 : 0);
    if (restingNow.contains(model.sha256())) {
      return Optional.of("it rests until the device is opened again");
    }
    return limit > 0 && crashes >= limit
        ? Optional.of(
            "the process ended " + crashes + " times in a row while it was loaded or soon after")
        : Optional.empty();
  }

  /** Whether a model has lasted before, on this device. */
  public synchronized boolean lasted(InstalledModel model) {
    return conduct(model.sha256()).lasted();
  }

  /** A model is not loaded until the device is opened again, and has a clean record then. */
  public synchronized void rest(InstalledModel model) {
    restingNow.add(model.sha256());
    put(model.sha256(), new Conduct(0, lasted(model)));
    write();
  }

  private void hasLasted(String sha256) {
    put(sha256, new Conduct(0, true));
    answering = null;
    write();
  }

  private boolean isOnProbation(InstalledModel model) {
    return model.sha256().equals(tried == null ? answering : tried);
  }

  private Conduct conduct(String sha256) {
    Conduct conduct = conducts.get(sha256);
    return conduct == null ? Conduct.UNKNOWN : conduct;
  }

  private void blame(@Nullable String sha256) {
    count(sha256, 1);
  }

  private void excuse(@Nullable String sha256) {
    count(sha256, -1);
  }

  private void count(@Nullable String sha256, int crashes) {
    if (sha256 != null && limit > 0) {
      Conduct before = conduct(sha256);
      put(sha256, new Conduct(Math.max(0, before.crashes() + crashes), before.lasted()));
    }
  }

  private void put(String sha256, Conduct conduct) {
    conducts.remove(sha256);
    conducts.put(sha256, conduct);
    Iterator<String> oldest = conducts.keySet().iterator();
    while (conducts.size() > MOST_REMEMBERED) {
      oldest.next();
      oldest.remove();
    }
  }

  private void write() {
    try {
      folder.keep(conducts);
    } catch (IOException e) {
      log.warn("It cannot be noted whether a model takes the process down: {}", e.getMessage());
    }
  }
}
