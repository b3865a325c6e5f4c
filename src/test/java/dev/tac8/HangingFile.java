package dev.tac8;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tac8.client.Python;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;

/**
 * A file that nobody can open for a while, as on a disk that hangs: another process holds a lease on it. The kernel takes that away 45 s
 * after somebody has first asked.
 */
public final class HangingFile implements Closeable {
    private final Process holder;

    private HangingFile(Process holder) {
        this.holder = holder;
    }

    /** Has the file hang until this is closed; where there is no Python, skips the test and prints why. */
    public static HangingFile of(Path file) throws IOException, InterruptedException {
        Process holder = Python.script(file.getParent(), "hold_open.py", file).start();
        assertThat(holder.inputReader().readLine()).isEqualTo("held");
        return new HangingFile(holder);
    }

    /** Has it answer. */
    @Override
    public void close() {
        holder.destroyForcibly();
    }
}
