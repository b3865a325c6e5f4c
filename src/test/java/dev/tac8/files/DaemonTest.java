package dev.tac8.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.NoSuchFileException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;

class DaemonTest {
    @Test
    void aDiskThatDoesNotAnswerIsLeftToItself() {
        CountDownLatch never = new CountDownLatch(1);

        assertThatThrownBy(() -> Daemon.ask(0, () -> {
            never.await();
            return null;
        })).isInstanceOf(TimeoutException.class);
    }

    @Test
    void aFailureIsTheDisksOwn() {
        NoSuchFileException gone = new NoSuchFileException("gone");

        assertThatThrownBy(() -> Daemon.ask(60, () -> {
            throw gone;
        })).isSameAs(gone);
    }

    @Test
    void anInterruptWaitsForTheAnswer() throws Exception {
        Thread.currentThread().interrupt();

        assertThat(Daemon.<String, RuntimeException>ask(60, () -> Thread.currentThread().getName())).isEqualTo("ask-disk");
        assertThat(Thread.interrupted()).isTrue();
    }
}
