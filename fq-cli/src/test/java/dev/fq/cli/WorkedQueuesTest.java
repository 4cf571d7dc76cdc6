package dev.fq.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WorkedQueuesTest {

  @TempDir Path directory;
  private String urgent;
  private String bulk;

  @BeforeEach
  void makeQueues() {
    urgent = directory.resolve("urgent").toString();
    bulk = directory.resolve("bulk").toString();
  }

  private void submit(String queue, String script) {
    Fq.run("submit", queue, "--", "sh", "-c", script);
  }

  private String written() throws IOException {
    return Files.readString(directory.resolve("written"));
  }

  private String write(String text) {
    return "echo \"" + text + "\" >> '" + directory.resolve("written") + "'";
  }

  @Test
  void queuesAreWorkedOnInTheOrderInWhichTheyAreGiven() throws Exception {
    submit(bulk, write("bulk"));
    submit(urgent, write("urgent"));

    Fq work = Fq.run("work", urgent, bulk, "--exit-on-empty");

    assertThat(work.code()).isEqualTo(ExitCode.DONE);
    assertThat(written()).isEqualTo("urgent\nbulk\n");
  }

  @Test
  void commandFindsWhatItMayTake() throws Exception {
    submit(bulk, write("$FQ_SLOTS $FQ_MEMORY $FQ_GPU $CUDA_VISIBLE_DEVICES $FQ_QUEUE"));
    submit(urgent, write("$FQ_SLOT $FQ_SLOTS <$FQ_MEMORY> <$FQ_GPU> <$CUDA_VISIBLE_DEVICES>"));

    Fq.run(
        "work",
        urgent,
        bulk + ":4:2G:gpu=2",
        "-n",
        "4",
        "--memory",
        "4G",
        "--gpus",
        "3,7",
        "--exit-on-empty");

    assertThat(written()).contains("4 2147483648 3,7 3,7 fq://" + bulk, " 1 <> <> <>");
  }

  @Test
  void whatNoTaskCouldEverGetIsRefusedAtOnce() {
    submit(bulk, "true");

    assertThat(refusal("work", bulk + ":4", "-n", "2"))
        .isEqualTo("fq: fq://%s: a task of it takes 4 slots, and this worker has 2%n", bulk);
    assertThat(refusal("work", bulk + ":2G"))
        .isEqualTo(
            "fq: fq://%s: a task of it takes 2G of memory, and this worker was given none to share"
                + " out%n",
            bulk);
    assertThat(refusal("work", bulk + ":gpu=3", "--gpus", "0,1"))
        .isEqualTo("fq: fq://%s: a task of it takes 3 GPUs, and this worker has 2%n", bulk);
    assertThat(refusal("work", bulk + ":weight=2"))
        .contains("\"" + bulk + ":weight=2\": a weight: expected --fair beside it");
    assertThat(refusal("work", bulk + ":0")).contains("slots of a task: expected 1 or more");
    assertThat(refusal("work", bulk, bulk + "/.")).contains("expected each once");
  }

  private static String refusal(String... words) {
    Fq refused = Fq.run(words);
    assertThat(refused.code()).isEqualTo(ExitCode.USAGE);
    return refused.err();
  }

  @Test
  void wordsStandBeforeTheOptionsOfAnAddress() {
    submit(bulk, "true");

    assertThat(refusal("work", "fq://" + bulk + ":4?ordered=true", "-n", "2"))
        .contains("takes 4 slots");
  }

  @Test
  void directoryWhoseNameEndsAsWordsDoIsMeantWithASlash() throws Exception {
    submit(bulk + ":4", write("done"));

    assertThat(Fq.run("work", bulk + ":4/", "--exit-on-empty").code()).isEqualTo(ExitCode.DONE);
    assertThat(written()).isEqualTo("done\n");
  }

  @Test
  void outcomesOfSeveralQueuesGoIntoOneDirectoryToo() {
    submit(bulk, "true");
    submit(urgent, "true");
    String records = directory.resolve("records").toString();

    Fq.run("work", urgent, bulk, "--record-dir", records, "--exit-on-empty");

    assertThat(Fq.run("history", "--record-dir", records, "--json").out().lines()).hasSize(2);
  }

  @Test
  void queueThatIsMissingIsToldBeforeAnyIsWorkedOn() {
    submit(bulk, "true");

    Fq work = Fq.run("work", urgent, bulk, "--exit-on-empty");

    assertThat(work.code()).isEqualTo(ExitCode.TROUBLE);
    assertThat(work.err()).contains(urgent);
    assertThat(Fq.run("status", bulk).out()).contains("1");
  }
}
