package dev.tac8.command;

import dev.tac8.text.Pager;
import dev.tac8.text.StandardOutput;
import java.io.OutputStream;
import java.util.Map;

/**
 * What a question may know of the process that asks it. That need not be the one which answers: a service has one that answers for others
 * (docs/adr/0026).
 *
 * @param environment its variables
 * @param terminal    whether its standard output is a terminal
 * @param columns     the width of that terminal, or 0 for no limit
 * @param colour      whether text may be coloured
 * @param out         its standard output, for what is not text; text goes through picocli's writer
 */
record Caller(Map<String, String> environment, boolean terminal, int columns, boolean colour, OutputStream out) {
    /** This process, of which the launcher has said what Java cannot see. */
    static Caller here() {
        boolean terminal = Pager.isTerminal();
        return new Caller(System.getenv(), terminal, terminal ? Integer.getInteger("tac8.columns", 0) : 0, Boolean.getBoolean("picocli.ansi"),
                new StandardOutput());
    }
}
