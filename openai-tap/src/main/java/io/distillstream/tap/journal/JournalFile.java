package io.distillstream.tap.journal;

import io.distillstream.avro.Completion;
import java.io.EOFException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.avro.file.DataFileReader;
import org.apache.avro.file.SeekableByteArrayInput;
import org.apache.avro.specific.SpecificDatumReader;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What could be read of a file of the journal.
 *
 * @param whole whether that is all there is in it
 */
record JournalFile(List<Completion> completions, boolean whole) {

  private static final Logger log = LoggerFactory.getLogger(JournalFile.class);

  JournalFile {
    completions = List.copyOf(completions);
  }

  /**
   * Reads a file.
   *
   * @throws IOException if the system does not give its bytes, which says nothing of what they are
   */
  static JournalFile read(Path file) throws IOException {
    // All of them first: Avro throws the same at a disk that fails and at bytes that are damaged.
    byte[] bytes = Files.readAllBytes(file);
    List<Completion> completions = new ArrayList<>();
    try (DataFileReader<Completion> reader =
        new DataFileReader<>(
            new SeekableByteArrayInput(bytes), new SpecificDatumReader<>(Completion.class))) {
      while (reader.hasNext()) {
        completions.add(reader.next());
      }
      if (reader.previousSync() < bytes.length) {
        // Avro takes a block that is there in part for the end.
        throw new EOFException("The last block is not whole");
      }
      return new JournalFile(completions, true);
    } catch (IOException | RuntimeException e) {
      // Of a process that was killed while it wrote, the last completion may be there in part.
      log.warn(
          "{} holds {} completions and then something that is none", file, completions.size(), e);
      return new JournalFile(completions, false);
    }
  }
}
