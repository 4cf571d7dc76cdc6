package dev.fq;

/** Makes the task that a payload says, and has it do its work. */
final class RegisteredTasks implements TaskHandler {

  private final TaskRegistry registry;

  RegisteredTasks(TaskRegistry registry) {
    this.registry = registry;
  }

  @Override
  public void handle(TaskContext context) throws Exception {
    task(context).execute(context);
  }

  private Task task(TaskContext context) throws TaskFailedException, HostTroubleException {
    try {
      return registry.task(context.payload());
    } catch (UnreadableTaskException e) {
      if (e.isUnregistered()) {
        throw HostTroubleException.lacking(
            e.getMessage() + "; register it, or give its jar with fq work --classpath");
      }
      // The message says it all; where in fq it was thrown helps nobody.
      throw new TaskFailedException(String.valueOf(e.getMessage()));
    }
  }
}
