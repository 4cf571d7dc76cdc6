package dev.fq.bench;

import dev.fq.spi.InvalidPayloadException;
import dev.fq.spi.NewTask;
import dev.fq.spi.Payload;
import dev.fq.spi.QueueBackend;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Tasks as cluster users have them. */
final class Tasks {

  /** About 200 bytes of JSON. */
  static final Payload PAYLOAD = payloadOf(200);

  private static final int BATCH = 1_000;

  private Tasks() {}

  /** A payload of so many bytes of JSON, at least 200. */
  static Payload payloadOf(int bytes) {
    String start =
        "{\"layer_path\": \"gs://bucket/dataset/layer\", \"mip\": 3, \"shape\": [512, 512, 64],"
            + " \"offset\": [10240, 20480, 128], \"note\": \"";
    String end = "\", \"class\": \"DownsampleTask\"}";
    try {
      return Payload.ofJson(start + "x".repeat(bytes - start.length() - end.length()) + end);
    } catch (InvalidPayloadException e) {
      throw new UncheckedIOException(e);
    }
  }

  static List<NewTask> batch(int size) {
    return batch(size, PAYLOAD);
  }

  static List<NewTask> batch(int size, Payload payload) {
    List<NewTask> batch = new ArrayList<>(size);
    for (int i = 0; i < size; i++) {
      batch.add(NewTask.of(payload, Duration.ZERO));
    }
    return batch;
  }

  static void fill(QueueBackend queue, int tasks) throws IOException {
    for (int left = tasks; left > 0; left -= BATCH) {
      queue.insert(batch(Math.min(BATCH, left)));
    }
  }

  static void fill(Contender contender, int tasks) throws Exception {
    for (int left = tasks; left > 0; left -= BATCH) {
      contender.insert(batch(Math.min(BATCH, left)));
    }
  }
}
