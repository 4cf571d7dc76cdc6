/** The format that is shared with python-task-queue; docs/python.md has the steps of both sides. */
@NullMarked
package dev.fq.file.python;

import org.jspecify.annotations.NullMarked;
