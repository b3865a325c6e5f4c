package dev.tac8.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class LockFileTest {
    @TempDir
    private Path dir;

    @Test
    @EnabledOnOs(OS.LINUX)
    void whoAsksForALockThatThisProcessHasDoesNotTakeItFromIt() throws IOException {
        Path file = dir.resolve(".lock");
        try (LockFile held = LockFile.take(file)) {
            assertThatThrownBy(() -> LockFile.take(file)).isInstanceOfSatisfying(LockFile.HeldException.class,
                    failure -> assertThat(failure.isHere()).isTrue());

            assertThat(isLocked(file)).isTrue();
        }
        assertThat(isLocked(file)).isFalse();
        LockFile.take(file).close();
    }

    @Test
    void whatIsNoFileIsNotLockedAndNotOpened() throws IOException {
        Path link = Files.createSymbolicLink(dir.resolve("link"), dir.resolve("elsewhere"));

        assertThatThrownBy(() -> LockFile.take(link)).isInstanceOf(UntrustedException.class).hasMessageContaining("must be a regular file");
        assertThatThrownBy(() -> LockFile.take(dir)).isInstanceOf(UntrustedException.class);
        assertThat(dir.resolve("elsewhere")).doesNotExist();
    }

    /** What the system says: a lock that a second handle has dropped is there for Java still. */
    private static boolean isLocked(Path file) throws IOException {
        return Files.readString(Path.of("/proc/locks")).contains(":" + Files.getAttribute(file, "unix:ino") + " ");
    }
}
