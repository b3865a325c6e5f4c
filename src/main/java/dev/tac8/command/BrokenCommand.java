package dev.tac8.command;

import dev.tac8.store.StoreException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Model.CommandSpec;

/** Stands for a question whose file cannot be read as one: all others work. */
final class BrokenCommand implements Callable<Integer> {
    final CommandSpec spec = CommandSpec.wrapWithoutInspection(this);
    private final StoreException fault;

    BrokenCommand(String name, StoreException fault) {
        this.fault = fault;
        Reading.describe(spec.name(name), "Cannot be asked: " + fault.getMessage().replace("%", "%%"), "");
        // Whatever it is given, what is wrong is the file.
        spec.parser().stopAtUnmatched(true).unmatchedArgumentsAllowed(true);
    }

    @Override
    public Integer call() throws StoreException {
        throw fault;
    }
}
