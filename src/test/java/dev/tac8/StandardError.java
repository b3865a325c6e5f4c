package dev.tac8;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** What is printed to standard error while a test runs, log and all; it is shown behind a test that fails. */
final class StandardError implements BeforeEachCallback, AfterEachCallback {
    private final PrintStream err = System.err;
    private final ByteArrayOutputStream said = new ByteArrayOutputStream();

    @Override
    public void beforeEach(ExtensionContext context) {
        System.setErr(new PrintStream(said, true, StandardCharsets.UTF_8));
    }

    @Override
    public void afterEach(ExtensionContext context) {
        System.setErr(err);
        context.getExecutionException().ifPresent(failure -> err.print(text()));
    }

    /** All of it so far. */
    String text() {
        return said.toString(StandardCharsets.UTF_8);
    }
}
