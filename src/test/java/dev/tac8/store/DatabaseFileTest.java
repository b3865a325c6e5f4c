package dev.tac8.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What lies in the place of a database before SQLite opens it. */
@Timeout(value = 1, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class DatabaseFileTest {
    @TempDir
    private Path dir;

    @Test
    void anEmptyFileThatAnotherProcessMakesADatabaseOfJustNowIsWaitedFor() throws Exception {
        Path file = Files.createFile(dir.resolve("logs.db"));
        Path whole = Files.writeString(dir.resolve("whole"), "a database");
        CompletableFuture<Throwable> checked = new CompletableFuture<>();
        Thread checking = new Thread(() -> {
            try {
                DatabaseFile.check(file, "mend it");
                checked.complete(null);
            } catch (Exception e) {
                checked.complete(e);
            }
        });
        checking.start();
        Awaitility.await().until(() -> checking.getState() == Thread.State.TIMED_WAITING || checked.isDone());

        Files.move(whole, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);

        assertThat(checked.get()).isNull();
    }

    @Test
    void anEmptyFileThatIsNotNewIsNone() throws Exception {
        Path file = Files.createFile(dir.resolve("logs.db"));
        Files.setLastModifiedTime(file, FileTime.from(Instant.now().minusSeconds(60)));

        assertThatThrownBy(() -> DatabaseFile.check(file, "mend it")).isInstanceOf(StoreException.class).hasMessageContaining("it has no bytes");
    }
}
