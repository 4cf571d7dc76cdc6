/**
 * The file queue. {@link dev.fq.file.FileQueue} is the type that users need; this page is the
 * description of the format on disk, version 1, from which another implementation can be written.
 *
 * <h2>In one sentence</h2>
 *
 * A task is a file; its name is its state; every transition is one atomic rename; losing the rename
 * is losing the race.
 *
 * <h2>The tree</h2>
 *
 * <pre>
 *   QUEUE/
 *     queue/              one file a task, or a bundle of tasks; its name is its state
 *     tmp/                files being written; never read
 *     dead/               tasks that were given up, and the reasons
 *     completions.HOST    one byte a completion by HOST; the size is the count
 *     insertions.HOST     one byte an insertion by HOST; the size is the count
 *     completions         a size that counts too, and
 *     insertions          a decimal number that counts too, both as python-task-queue writes them
 *     progress/           only where a bundle was claimed: what became of its tasks, see below
 *     gate                only where the queue waits for others, see below
 *     limit               only where it is limited how many tasks run, see below
 *     outcomes/           only where workers record what becomes of attempts, see below
 *     output/             only where workers keep what tasks write, see below
 *     movement/           only where the queue is shared with python-task-queue, see below
 * </pre>
 *
 * A directory is a queue when it has {@code queue/} and nothing that is not named here, or {@code
 * queue/} and one of {@code tmp/} and {@code movement/}. It is made in the order root, {@code tmp},
 * {@code dead}, {@code movement}, {@code queue}. Directories of a queue are emptied, never removed
 * and made again. Every name that does not follow the grammar below is passed over and left alone.
 *
 * <h2>Names</h2>
 *
 * <pre>
 *   queue/DUE--ID.json                    waiting, never leased
 *   queue/DUE--ID.ATTEMPT.json            waiting again, after a failure
 *   queue/DUE--ID.ATTEMPT.HOLDER.json     leased; with a DUE of 0 given back, and waiting
 *   dead/ID.json                          given up
 *   dead/ID.TOKEN.json                    the same, where that name was taken
 *   dead/ID.log                           its failed attempts, kept from the first failure on
 *
 *   DUE       1 to 12 digits: Unix seconds of the file server's clock; 0 is "now"
 *   ID        1 to 64 of A-Z a-z 0-9 - _, unique in the queue; a UUIDv7 unless the inserter says
 *   ATTEMPT   1 to 9 digits: how many attempts are used up, that of a lease among them; one that
 *             was given back is not; 0 only before a HOLDER; nothing counts on after 999999999
 *   HOLDER    HOST-PID-NONCE of A-Z a-z 0-9 - _, and HOST may have dots; the nonce is fresh at
 *             every lease
 *   HOST      the host's name of at most 64 characters, every other character replaced by _
 *   TOKEN     any characters, a fresh nonce
 * </pre>
 *
 * What a name means depends on the time: with DUE not after now the task is <b>waiting</b>,
 * whatever else the name says, since a lease that has ended needs nobody to end it. With DUE after
 * now it is <b>leased</b> when the name has a HOLDER, else <b>delayed</b>.
 *
 * <p>A HOLDER with its nonce names one lease, and no other ever gets it: that, and not the number
 * of the attempt, tells an attempt from all others. A number comes again when an attempt is given
 * back; and numbers begin again when a task that was dead is retried, was moved from another queue,
 * or is inserted anew under its id.
 *
 * <h2>Contents</h2>
 *
 * A task file is UTF-8: one JSON object whose {@code payload} is the task, {@code queueName} where
 * it was inserted, and {@code id} its ID. It may have {@code limits}, an object that says of the
 * task's attempts what else the worker decides: {@code attempts}, {@code retryDelaySeconds} and
 * {@code timeoutSeconds}, whole numbers from 1. Only {@code payload} and {@code limits} are read
 * back; the name has the ID. At most 16 Mi characters, nested at most 1,000 deep.
 *
 * <p>{@code dead/ID.log} has one JSON object a line: {@code attempt}, {@code holder}, {@code at}
 * (ISO 8601, UTC) and {@code reason}; and {@code "counted": false} where the attempt could not be
 * made on that host and was given back. Readers pass over lines that they cannot read.
 *
 * <p>A task is a regular file; links, directories and FIFOs are never opened. Files get the
 * permissions to read and write that the queue's directory has, where the umask would take them,
 * and so do {@code queue/}, {@code tmp/} and {@code dead/}.
 *
 * <p>Counters may hold any bytes; fq writes {@code '.'}, so that the NUL bytes which a network file
 * system leaves where two hosts appended to one file can be told from counts. That is also why each
 * host has its own: O_APPEND is atomic among the processes of one host only.
 *
 * <h2>Transitions</h2>
 *
 * Each is one rename from the exact name that was seen or is held. When that name is gone, another
 * was faster and nothing has happened. "Stale file handle" (NFS) means the same as "no such file",
 * unless a listing shows that the name is there.
 *
 * <pre>
 *   verb      from                        to                                    and
 *   insert    tmp/any                     DUE--ID.json                          then insertions + 1
 *   lease     DUE--ID[.N[.HOLDER]].json   (now + lease)--ID.(N+1).HOLDER'.json  then read it
 *   renew     DUE--ID.N.HOLDER.json       (now + lease)--ID.N.HOLDER.json
 *   release   DUE--ID.N.HOLDER.json       0--ID.(N-1).HOLDER.json               then maybe a line to ID.log
 *   fail      DUE--ID.N.HOLDER.json       (now + retry)--ID.N.json              then a line to ID.log
 *   give up   DUE--ID.N.HOLDER.json       dead/ID.TOKEN.json, then dead/ID.json then a line to ID.log
 *   retry     dead/ID[.TOKEN].json        0--ID.0.HOLDER'.json                  then ID.log is deleted
 *   complete  DUE--ID.N.HOLDER.json       deleted                               then completions + 1
 *   delete    DUE--ID.N.HOLDER.json       deleted
 *   purge     every task in queue/        deleted
 * </pre>
 *
 * Times are rounded up to whole seconds. <b>Insert</b> writes the whole file before its rename, so
 * a name in {@code queue/} always has a whole task behind it. <b>Lease</b> takes any waiting name;
 * what it then cannot read as a task goes to {@code dead/} at once, so that it neither loops nor
 * vanishes. <b>Complete</b> and <b>delete</b>, finding their exact name gone, look through {@code
 * queue/} for the same ID and HOLDER: that is this very attempt, renewed, released, or moved to
 * {@code 0--…} by hand, and deleting it is right as long as nobody has leased it since.
 * <b>Renew</b>, <b>release</b>, <b>fail</b> and <b>give up</b> look in the same way, and take what
 * they find only when its DUE is after now: then a renewal had taken place whose answer was lost.
 * Complete and delete of an attempt after the first, or of what was given back before, also remove
 * {@code dead/ID.log}.
 *
 * <p><b>No task replaces another.</b> A rename replaces what has its new name, so new names are
 * such as no other file can have: by an ID that was generated for this insert, by a fresh nonce, or
 * since they follow from the only name of the task. A task whose ID the inserter brings comes in by
 * a hard link and the removal of {@code tmp/any}, which fails where the name is taken; and a task
 * that is given up is linked to its shorter name in the same way, and keeps the longer one if that
 * is taken or there are no hard links. Where a file system has none, an insert looks for the name
 * before it renames; then two inserts of one ID at the very same moment can make one of two tasks.
 *
 * <h2>Finding work</h2>
 *
 * By listing {@code queue/}, never by guessing a name: NFS clients remember for a minute that a
 * name is absent, and look anew at every listing. Names are all that a listing needs; no entry is
 * stat'ed.
 *
 * <h2>Time</h2>
 *
 * "Now" is the file server's time: the modification time that a new file in {@code tmp/} gets. So
 * hosts with wrong clocks agree on what is due.
 *
 * <h2>What is forced to disk</h2>
 *
 * Nothing by default: a crash of any process loses nothing, a power cut may lose the last seconds.
 * A durable insert forces each file before its rename and the directory {@code queue/} after the
 * last rename of its batch. No other verb needs it: what a power cut undoes of a lease, a renewal,
 * a failure or a completion is done again by the next holder.
 *
 * <h2>What a kill leaves</h2>
 *
 * During insert: a file in {@code tmp/}, removed by an insert a day later, and at worst a batch
 * that is in the queue and not counted. During complete: a task that is done and not counted; of a
 * bundle, all that were completed together. While working: a lease, which ends. During fail and
 * give up: a task whose log lacks its last reason; and during give up maybe two names for one dead
 * file, which count as one.
 *
 * <h2>Bundles</h2>
 *
 * Many tasks in one file, which costs as much to insert and to claim as one. Tasks with files of
 * their own and bundles lie side by side.
 *
 * <pre>
 *   queue/DUE--ID.xLEFT.jsonl                          waiting or delayed, never claimed
 *   queue/DUE--ID.xLEFT.CLAIM.COMMITTED.HOLDER.jsonl   held as a whole; with a DUE of 0 given back
 *   progress/ID.CLAIM.HOLDER                           what that claim has done, written by it alone
 *   progress/ID.TASK.NONCE.json                        a task on its way out of its bundle
 *   progress/ID.in/TASK.json                           a task on its way into a bundle
 *   progress/ID.NEW.jsonl                              a bundle on its way out of another
 *   progress/.hungry                                   touched by workers that find no work
 *
 *   ID         the bundle's own
 *   LEFT       how many tasks are left in it, as its last holder has counted: for status and ls
 *   CLAIM      how often it was claimed, from 1
 *   COMMITTED  how many bytes of that claim's progress count
 * </pre>
 *
 * A bundle has an envelope a line, as in a task file, with an {@code id} each; blank lines are
 * passed over. Everything goes by the ids, so lines may be deleted, added and changed while nobody
 * holds the bundle. A line without an id gets one that follows from what it says. A line that is no
 * task, or that is the second of an id, becomes a dead task when it is leased.
 *
 * <p>A progress file has a line for each step: {@code b TASK} for begun, {@code e TASK} for ended,
 * {@code s TASK FILE TARGET} for taken out: FILE in {@code progress/} becomes TARGET in {@code
 * queue/}, or a dead task where TARGET is {@code dead}. Lines that are none of these are passed
 * over.
 *
 * <p><b>Claim</b>: the holder reads the progress of the claim before, as far as its name says, and
 * writes what is ended, taken out and begun into a progress file of its own; then it renames the
 * bundle, from the exact name that it has seen, to CLAIM + 1, its HOLDER, and COMMITTED, which is
 * the length of what it has written. Then it deletes the progress of the claim before. What was
 * begun and has not ended it takes out as {@code 0--TASK.1.json}: that attempt is used up.
 *
 * <p><b>Begun</b> is written before a task is handed out, and counts wherever it stands in the
 * file. A holder that has last seen its name a millisecond ago or more looks, after it has written,
 * whether the bundle still has that name and its lease has not ended; if not, it commits, and hands
 * the task out only when it can. A claim reads the progress of the one before again a millisecond
 * after its rename. So of a holder that was frozen, or from whom an operator takes the bundle,
 * either the claim sees what was begun or the holder does not begin it. Another host sees it when
 * the file server has it. The file is closed each second at the latest, and before each commit, so
 * that the file server has what is in it: a host that crashes earlier may leave a task that it had
 * just begun as one that nobody has begun. <b>Ended</b> and <b>taken out</b> count from the
 * <b>commit</b> on: the next rename of the bundle by its holder, whose COMMITTED is the length of
 * the progress by then. When that rename fails, another has claimed the bundle, and the holder has
 * lost it: what it has appended since the last commit is done again. A renewal is a commit, and so
 * is each completion or each list of them.
 *
 * <p>A task that is failed, released or given up is <b>taken out</b>: it is written to {@code
 * progress/}, named in a line, committed, and then moved to its TARGET, the name that a task with a
 * file of its own would have got. A holder that finds such a line moves the file if it is still
 * there.
 *
 * <p>When none is left, the holder commits, and deletes the bundle and its progress. When others
 * have touched {@code .hungry} since it has claimed or shared last, it takes half of what is not
 * begun out as a new bundle. Before it ends, it gives a bundle with nothing begun back.
 *
 * <p>Tasks with files of their own are <b>bundled</b> while others work on the queue: the new
 * bundle comes in held, and its progress says of each task that it is taken out, into {@code
 * ID.in/TASK.json}, whose TARGET is a name in {@code queue/}. Then the tasks' files are moved
 * there. The commit is a rename to a name that counts none of that progress. After it the files and
 * their directory are deleted. Before it, a successor moves the files back and removes the
 * directory, again until it is empty and gone: then a maker that was frozen cannot take in another.
 *
 * <p>A kill leaves a bundle that is held, for its successor; or, during a claim, a progress file
 * that no bundle's name has, and during an insert a file in {@code tmp/}. The doctor removes what
 * has no bundle after a day.
 *
 * <h2>Gates</h2>
 *
 * <pre>
 *   gate                         the queue waits for others; see below
 *   gate.opened-TIME             it did, until this time (20261127T064253Z, in UTC)
 * </pre>
 *
 * While {@code gate} is there, nobody leases from the queue but by ids. Each line is {@code after}
 * and the address of a queue, or its path, which, if it is relative, begins at this queue's
 * directory; {@code even-if-dead}, so that their dead tasks do not matter; or a comment, which
 * begins with {@code #}. A file that says anything else keeps the gate closed. Whoever finds all
 * those queues empty at two looks, a second or more apart, renames the file. Removing it opens the
 * gate too. A queue whose gate is closed does not count as empty.
 *
 * <h2>Limits</h2>
 *
 * <pre>
 *   limit                        20, or 5/s, or both with space between
 *   limit.next-MILLIS            when the next task may begin, since 1970 by the file server
 * </pre>
 *
 * While {@code limit} is there, nobody leases but by ids when as many tasks are leased as it says.
 * Who has leased looks again, and gives back what is too many. Where it says a rate, each that
 * leases renames {@code limit.next-MILLIS} to the time after its own tasks; of several such files
 * the latest counts. A file that says anything else stops all leasing. Removing it ends the limit.
 *
 * <h2>Outcomes</h2>
 *
 * Beside the tasks, and nothing depends on it: what workers record, where they are asked to.
 *
 * <pre>
 *   outcomes/asked               there when all workers are to record
 *   outcomes/TIME-HOLDER.jsonl   what one worker has recorded; TIME is 20261127T064253Z, in UTC
 * </pre>
 *
 * One JSON object a line, for each attempt that ended: {@code id}, {@code type}, {@code command}
 * (its words, shortened), {@code attempt}, {@code outcome} (completed, failed, dead, lost,
 * released), {@code exit}, {@code exception}, {@code reason} (its first line), {@code begun} and
 * {@code ended} (ISO 8601, UTC, by the worker's clock), {@code host}, {@code slot}, {@code memory}
 * (bytes); what has no value is left out. A worker appends the lines of a second by one write and
 * closes the file, and begins another when one has 64 MiB or is a day old. A worker that is killed
 * leaves out what ended within the last second before, and may leave part of a line at the end,
 * which readers pass over. Files may be removed at any time.
 *
 * <p>An attempt that returned something has a line of its own, which is written before its task is
 * completed: {@code id}, {@code type}, {@code attempt}, {@code returned} (when), {@code host}, and
 * {@code result}, any JSON value of at most 256 KiB. A task has several such lines when a worker
 * was killed, or lost its lease, between the line and the completion. Then the first counts, but
 * for those of attempts that have a line with the outcome lost, which count if there is no other.
 *
 * <h2>Output</h2>
 *
 * What tasks write, where workers are told to keep it; nothing depends on it either.
 *
 * <pre>
 *   output/TIME-HOLDER.gz       what the attempts of one worker wrote, as members of gzip (RFC 1952)
 *   output/TIME-HOLDER.index    which bytes of it are whose
 *   output/ID.HOLDER.tail       the last bytes of a long output that still grows
 * </pre>
 *
 * The index has one JSON object a line: {@code id}, {@code attempt}, {@code begun} (ISO 8601, UTC),
 * which together name an attempt; {@code out} and {@code err}, each a list of pieces; and {@code
 * outcome} in the last line of an attempt. A piece is {@code [FROM, LENGTH, MEMBER, AT]}: of what
 * the attempt wrote, LENGTH bytes from byte FROM on are in the member that begins at byte MEMBER of
 * the file with the same name, from byte AT of what it decompresses to. What no piece has was left
 * out. {@code id} comes first in the line.
 *
 * <p>A worker appends a member, and then its lines, each second at the latest and with each
 * mebibyte; it begins other files when one has 64 MiB or they are a day old. Of a long output the
 * first half of the limit is written as it comes, and the last half when the attempt has ended.
 * Until then the last bytes are in a {@code .tail}: a line as in the index, whose AT counts from
 * the byte after the line, and then the bytes as they are; it is replaced by a rename, and removed
 * once they are in the index. Files may be removed at any time.
 *
 * <h2>Shared with python-task-queue</h2>
 *
 * With a directory {@code movement/}, workers of python-task-queue may be at work here too, and it
 * is another format; what is not said here is as above.
 *
 * <pre>
 *   queue/DUE--ID.json    waiting, delayed or leased; an ID has no "--"
 *   movement/ID           a line for each name that the task has had, "\n" after each
 *   dead/ID.log           from the first lease by fq on: what fq's workers did with the task
 *   completions           one NUL byte a completion; no files of hosts are written
 *   insertions            a decimal number, changed under an exclusive lock of fcntl(2)
 * </pre>
 *
 * A line of {@code dead/ID.log} without a {@code reason} has {@code attempt}, {@code holder},
 * {@code at}, and {@code leased} or {@code delayed}: the DUE of the name that the task got. The
 * attempt of a task is the last in its log, and its holder that attempt's. A line with {@code
 * released} says that this attempt is not used up: the next one has its number again. A task that
 * is not due is leased by him when its DUE is one of his {@code leased}. It is delayed when its DUE
 * is one of that attempt's {@code delayed}, or its name is all that {@code movement/ID} has, or
 * there is no such file. Else a worker of Python has leased it.
 *
 * <p>Before a dead task is retried, {@code dead/ID.log} gets a line with {@code revived}: attempts
 * count from 1 again after it and failures before it are forgotten, but no lease gets a DUE that
 * one before it had. What is retried becomes {@code 0--ID.json}, when no listing shows another of
 * its ID.
 *
 * <p>Release and failures without a delay make DUE the time, not 0. No DUE of a lease, a delay or a
 * release is one that an earlier lease of the task had: it is a second or more later, of a release
 * earlier. {@code movement/ID} is written before a task comes in, and after every other rename; a
 * {@code leased} of a renewal and a {@code delayed} before the rename, that of a lease after it.
 * Whoever deletes a task or gives it up then removes {@code movement/ID}. What cannot be read as a
 * task is dead only when nobody has written to it for a minute, since Python writes in {@code
 * queue/} itself; until then it is let go for five seconds. There are no bundles here.
 *
 * <p>Names of the format above are read here too and become plain by their next transition, so that
 * a migration can be broken off at any point. One that was killed while it brought the counts of
 * hosts together leaves {@code .part.NONCE.COUNTER}, which counts as COUNTER does, and maybe {@code
 * .sum.insertions} or {@code .sum.completions}: then that one counts, and no part of its kind.
 *
 * <h2>Changing this format</h2>
 *
 * A new form of name must not parse under this grammar, so that older versions pass over it; then
 * this page, the golden directories of the tests and the change log are changed in one commit.
 */
@NullMarked
package dev.fq.file;

import org.jspecify.annotations.NullMarked;
