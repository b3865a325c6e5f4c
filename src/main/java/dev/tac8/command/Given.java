package dev.tac8.command;

import picocli.CommandLine.Model.ArgSpec;

/** An option or a parameter, and what was given for it. */
record Given<T>(ArgSpec arg) {
    /** Null if nothing was given and it has no default; known once the command line has been read. */
    T value() {
        return arg.getValue();
    }

    /** The same as text. */
    String text() {
        return value() == null ? null : value().toString();
    }
}
