package io.distillstream.local;

import io.distillstream.embedded.broker.BrokerFailedException;
import io.distillstream.embedded.broker.DataFolderInUseException;
import io.distillstream.foundation.PortInUseException;
import io.distillstream.local.feed.FeedException;
import io.distillstream.local.terminal.CommandFailedException;
import io.distillstream.model.ModelFormatException;
import io.distillstream.onnx.InvalidModelException;
import io.distillstream.quantization.data.InvalidSamplesException;
import io.distillstream.runtime.InvalidSettingsException;
import io.distillstream.runtime.disk.DiskFullException;
import io.distillstream.teacher.TeacherException;
import io.distillstream.text.TextFileException;
import io.distillstream.trainer.engine.TrainingStoppedException;
import io.distillstream.wire.ClusterUnavailableException;
import io.distillstream.wire.IncompatibleSchemaException;
import io.distillstream.wire.RegistryUnavailableException;
import io.distillstream.wire.scan.StalledScanException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.util.List;
import java.util.Set;

/**
 * What a failure looks like on the terminal: one line per problem for what a user can mend, a stack
 * trace besides for what only we can.
 *
 * @param expected whether the message alone tells what to do
 */
record ClearLine(List<String> lines, int exitCode, boolean expected) {

  private static final int FAILED = 1;
  private static final int WRONG_USAGE = 2;
  private static final int DISK_FULL = 3;

  private static final Set<Class<? extends Exception>> SELF_EXPLAINING =
      Set.of(
          CommandFailedException.class,
          ClusterUnavailableException.class,
          RegistryUnavailableException.class,
          IncompatibleSchemaException.class,
          FeedException.class,
          PortInUseException.class,
          DataFolderInUseException.class,
          BrokerFailedException.class,
          InvalidModelException.class,
          InvalidSamplesException.class,
          ModelFormatException.class,
          NoSuchFileException.class,
          StalledScanException.class,
          TeacherException.class,
          TextFileException.class,
          TrainingStoppedException.class);

  static ClearLine of(Throwable thrown) {
    for (Throwable t = thrown; t != null; t = t.getCause()) {
      if (t instanceof InvalidSettingsException settings) {
        return new ClearLine(
            settings.problems().stream().map(problem -> "error: " + problem).toList(),
            WRONG_USAGE,
            true);
      }
      if (t instanceof DiskFullException) {
        return new ClearLine(List.of("error: " + t.getMessage()), DISK_FULL, true);
      }
      if (t instanceof AccessDeniedException denied) {
        return new ClearLine(
            List.of("error: no permission to read or write " + denied.getFile()), FAILED, true);
      }
      if (SELF_EXPLAINING.contains(t.getClass())) {
        return new ClearLine(List.of("error: " + t.getMessage()), FAILED, true);
      }
    }
    return new ClearLine(List.of("error: " + thrown), FAILED, false);
  }
}
