package dev.tac8.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.slf4j.Marker;
import org.slf4j.event.Level;
import org.slf4j.helpers.LegacyAbstractLogger;

class SparinglyTest {
    private static final Duration NEVER = Duration.ofDays(1);

    private final Said said = new Said();

    @Test
    void saysHowLongAgoItWasThatItHasNotSaidAtOnce() {
        warn(new Sparingly(Duration.ofMillis(1), Duration.ZERO, System::nanoTime), "f1", "f2");
        Awaitility.await().until(() -> said.sentences.size() == 2);
        warn(new Sparingly(Duration.ofMillis(1), Duration.ZERO, System::nanoTime), "f3", "f4", "f5");
        Awaitility.await().until(() -> said.sentences.size() == 4);

        assertThat(said.sentences.get(0)).isEqualTo("f1: bad");
        assertThat(said.sentences.get(1)).matches("f2: bad \\(\\d+ s ago\\)");
        assertThat(said.sentences.get(2)).isEqualTo("f3: bad");
        assertThat(said.sentences.get(3)).matches("f5: bad \\(\\d+ s ago, and 1 more like this since the last such line\\)");
    }

    private void warn(Sparingly sparingly, String... files) {
        // The pause cannot end amid this.
        synchronized (sparingly) {
            for (String file : files) {
                sparingly.warn(said, "{}: bad", file);
            }
        }
    }

    @Test
    void whatIsSaidAgainAndAgainIsNotLongAgo() {
        AtomicLong nanos = new AtomicLong();
        Sparingly sparingly = new Sparingly(Duration.ofMillis(1), Duration.ofSeconds(5), nanos::get);
        // The pause cannot end amid this.
        synchronized (sparingly) {
            sparingly.warn(said, "{}: bad", "f1");
            for (int seconds = 2; seconds < 60; seconds += 5) {
                nanos.set(Duration.ofSeconds(seconds).toNanos());
                sparingly.warn(said, "{}: bad", "f2");
            }
            nanos.set(Duration.ofSeconds(60).toNanos());
        }
        Awaitility.await().until(() -> said.sentences.size() == 2);

        assertThat(said.sentences).containsExactly("f1: bad", "f2: bad");
    }

    @Test
    void saysTheFirstAtOnceAndTheLastWithACountWhenThePauseIsOver() {
        Sparingly sparingly = new Sparingly(Duration.ofMillis(300), NEVER, System::nanoTime);

        for (int i = 1; i <= 3000; i++) {
            sparingly.warn(said, "{}: bad", "f" + i);
        }

        assertThat(said.sentences.get(0)).isEqualTo("f1: bad");
        Awaitility.await().until(() -> said.sentences.size() > 1);
        assertThat(said.sentences.get(1)).matches("f\\d+: bad \\(and [\\d,]+ more like this since the last such line\\)");
        Awaitility.await().until(() -> sum() == 3000);
        assertThat(said.sentences.get(said.sentences.size() - 1)).startsWith("f3000: bad");
        assertThat(said.sentences).as("at most one a pause").hasSizeLessThan(30);
    }

    @Test
    void saysTheVerySameSentenceAgainOnlyAfterThePause() {
        Sparingly sparingly = new Sparingly(Duration.ofMillis(50), NEVER, System::nanoTime);

        synchronized (sparingly) {
            sparingly.warn(said, "the disk is away");
            sparingly.warn(said, "the disk is away");
        }
        assertThat(said.sentences).containsExactly("the disk is away");

        Awaitility.await().untilAsserted(() -> {
            sparingly.warn(said, "the disk is away");
            assertThat(said.sentences).hasSizeGreaterThan(1);
        });
        assertThat(said.sentences).containsOnly("the disk is away");
    }

    @Test
    void holdsBackOneKindAndNotAnother() {
        Sparingly sparingly = new Sparingly();

        sparingly.warn(said, "{}: bad", "f1");
        sparingly.warn(said, "{}: bad", "f2");
        sparingly.warn(said, "{} is foreign", "f3");

        assertThat(said.sentences).containsExactly("f1: bad", "f3 is foreign");
    }

    @Test
    void saysFewSentencesHoweverManyKindsThereAre() {
        Sparingly sparingly = new Sparingly();

        for (int i = 0; i < 10_000; i++) {
            sparingly.say(said, Level.ERROR, "kind " + i, "sentence " + i);
        }

        assertThat(said.sentences).hasSizeBetween(10, 100);
    }

    @Test
    void takesTextWithBracesAsItIs() {
        new Sparingly().warn(said, "{}: bad", "{}{}");

        assertThat(said.sentences).containsExactly("{}{}: bad");
    }

    /** How many sentences those that were said stand for. */
    private long sum() {
        return said.sentences.stream().mapToLong(sentence -> sentence.contains("(and ")
                ? 1 + Long.parseLong(sentence.replaceAll(".*\\(and ([\\d,]+) more.*", "$1").replace(",", "")) : 1).sum();
    }

    /** What was logged. */
    private static final class Said extends LegacyAbstractLogger {
        private static final long serialVersionUID = 1L;
        private final transient List<String> sentences = new CopyOnWriteArrayList<>(new ArrayList<>());

        @Override
        protected String getFullyQualifiedCallerName() {
            return null;
        }

        @Override
        protected void handleNormalizedLoggingCall(Level level, Marker marker, String pattern, Object[] values, Throwable failure) {
            sentences.add(pattern);
        }

        @Override
        public boolean isTraceEnabled() {
            return true;
        }

        @Override
        public boolean isDebugEnabled() {
            return true;
        }

        @Override
        public boolean isInfoEnabled() {
            return true;
        }

        @Override
        public boolean isWarnEnabled() {
            return true;
        }

        @Override
        public boolean isErrorEnabled() {
            return true;
        }
    }
}
