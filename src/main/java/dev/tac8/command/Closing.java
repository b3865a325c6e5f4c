package dev.tac8.command;

import java.io.Closeable;
import java.io.IOException;
import org.slf4j.LoggerFactory;

/** Closes on the way out: a failure can only be logged. */
final class Closing {
    private Closing() {
    }

    static void quietly(Closeable closeable) {
        try {
            closeable.close();
        } catch (IOException e) {
            LoggerFactory.getLogger("stop").warn(e.getMessage());
        }
    }
}
