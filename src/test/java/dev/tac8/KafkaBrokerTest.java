package dev.tac8;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The broker that other tests rely on does what brokers do. */
@Tag("process")
class KafkaBrokerTest {
    @TempDir
    private Path dir;

    @Test
    @Tag("thorough")
    void keepsWhatItHasAcknowledgedWhenItIsKilledAndNotWhenItLosesItsDisk() {
        try (KafkaBroker broker = KafkaBroker.start(dir)) {
            broker.createTopic("lines", 2, Map.of("max.message.bytes", "2000"));
            broker.send("lines", 1, List.of("one", "two"));

            broker.kill();
            broker.start();

            assertThat(broker.lines("lines")).extracting(line -> line.partition() + "@" + line.offset() + " " + line.value()).containsExactly("1@0 one", "1@1 two");
            assertThat(broker.lag("nobody", "lines")).isEqualTo(2);
            broker.rewind("somebody", "lines", 1);
            assertThat(broker.committed("somebody").values()).containsOnly(1L);
            assertThatThrownBy(() -> broker.send("lines", 0, List.of("x".repeat(3000)))).hasMessageContaining("RecordTooLarge");

            broker.kill();
            broker.loseDisk();
            broker.start();

            assertThatThrownBy(() -> broker.lines("lines")).hasMessageContaining("UnknownTopicOrPartition");
        }
    }

    @Test
    void saysWhyItCannotStart() {
        assertThatThrownBy(() -> KafkaBroker.start(dir, Map.of("process.roles", "gossip"))).hasMessageContaining("It says: ").hasMessageContaining("gossip");
    }

    @Test
    @Tag("thorough")
    void goesOnWhileOneOfThreeIsFrozenOrHasLostItsDisk() {
        List<KafkaBroker> brokers = KafkaBroker.start(dir, 3, Map.of());
        try {
            brokers.get(0).createTopic("lines", 3, Map.of());

            brokers.get(0).freeze();
            brokers.get(1).send("lines", 0, List.of("zero"));
            brokers.get(1).send("lines", 1, List.of("one"));
            brokers.get(1).send("lines", 2, List.of("two"));
            brokers.get(0).thaw();
            brokers.get(2).kill();
            brokers.get(2).loseDisk();
            // Of Kafka, one that comes back empty before the others have agreed on a leader may end at once.
            for (int partition = 0; partition < 3; partition++) {
                brokers.get(1).send("lines", partition, List.of("last"));
            }
            brokers.get(2).start();

            assertThat(brokers.get(2).lines("lines")).extracting(KafkaBroker.Line::value).containsExactly("zero", "last", "one", "last", "two", "last");
        } finally {
            brokers.forEach(KafkaBroker::close);
        }
    }
}
