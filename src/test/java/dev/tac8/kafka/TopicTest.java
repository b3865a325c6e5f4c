package dev.tac8.kafka;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tac8.Home;
import dev.tac8.KafkaSite;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.apache.camel.impl.DefaultCamelContext;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How long one waits for a broker that hangs. */
@Tag("thorough")
class TopicTest {
    @TempDir
    private static Path server;
    private static KafkaSite kafka;

    @TempDir
    private Path dir;

    @BeforeAll
    static void start() {
        kafka = new KafkaSite(server).topics("slow", 1);
    }

    @AfterEach
    void thaw() {
        kafka.broker().thaw();
    }

    @AfterAll
    static void stop() {
        if (kafka != null) {
            kafka.close();
        }
    }

    private Topic topic(String role) throws Exception {
        return new Topic(kafka.use(new Home(dir.resolve(role)), role, "slow").settings());
    }

    private static Properties with(Map<String, String> options) {
        Properties properties = new Properties();
        properties.putAll(options);
        return properties;
    }

    private static void givesUp(ThrowingCallable look, int seconds) {
        assertThatThrownBy(look).hasMessage("the broker " + kafka.broker().bootstrap() + " cannot be used: it does not answer within " + seconds + " s");
    }

    private static void together(Runnable... looks) {
        Stream.of(looks).map(CompletableFuture::runAsync).toList().forEach(CompletableFuture::join);
    }

    @Test
    void whoSendsOrReadsWaitsLongerEachTimeAndGoesOnByItselfWhileWhoAsksIsToldSoon() throws Exception {
        Topic edge = topic("edge");
        Topic join = topic("join");
        Properties reader = with(Map.of("enable.auto.commit", "false", "auto.offset.reset", "earliest", "group.id", "slow", "bootstrap.servers", kafka.broker().bootstrap(),
                "key.deserializer", "org.apache.kafka.common.serialization.StringDeserializer",
                "value.deserializer", "org.apache.kafka.common.serialization.ByteArrayDeserializer"));
        kafka.broker().freeze();

        together(() -> givesUp(edge::checkNowAndThen, 5), () -> givesUp(() -> join.getConsumer(reader), 5));
        together(() -> givesUp(() -> edge.getProducer(with(Map.of("acks", "all", "enable.idempotence", "true"))), 10), () -> givesUp(() -> join.getConsumer(reader), 10));
        CompletableFuture<Void> waits = CompletableFuture.runAsync(() -> join.getConsumer(reader).close());
        together(() -> givesUp(edge::check, 5), () -> givesUp(() -> join.look(new DefaultCamelContext()), 5));
        kafka.broker().thaw();
        waits.join();
        edge.checkNowAndThen();

        edge.suspect();
        kafka.broker().freeze();
        together(() -> givesUp(edge::checkNowAndThen, 5), () -> givesUp(() -> join.getConsumer(reader), 5));

        CompletableFuture<Void> stops = CompletableFuture.runAsync(() -> assertThatThrownBy(edge::checkNowAndThen).hasMessageEndingWith(" cannot be used: tac8 is being stopped"));
        edge.stop();
        stops.join();
    }

    @Test
    void aLookOfSomebodyElseThatIsGivenUpStopsNobodyWhoSends() throws Exception {
        Topic edge = topic("edge");
        edge.checkNowAndThen();
        kafka.broker().freeze();

        givesUp(() -> edge.look(new DefaultCamelContext()), 5);
        edge.checkNowAndThen();
    }
}
