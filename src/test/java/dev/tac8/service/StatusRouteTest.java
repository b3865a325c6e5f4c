package dev.tac8.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tac8.Home;
import dev.tac8.files.OwnFolder;
import dev.tac8.generation.EditedFiles;
import dev.tac8.generation.Generations;
import dev.tac8.generation.InForce;
import dev.tac8.ingest.Counts;
import dev.tac8.ingest.Ingest;
import dev.tac8.ingest.ServiceStatus;
import dev.tac8.ingest.Spool;
import dev.tac8.settings.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.builder.AdviceWith;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;
import org.apache.camel.test.junit5.CamelTestSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code routes/status.camel.yaml} writes, each time that it is told to. */
class StatusRouteTest extends CamelTestSupport {
    private static final String TIME = "\"\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d+)?Z\"";
    private static final String STATUS = "\\{\"pid\":" + ProcessHandle.current().pid() + ",\"breaker\":\"closed\",\"breaker_since\":" + TIME
            + ",\"stuck_since\":null,\"generation\":\\{\"number\":0,\"since\":null,\"changed\":\\[],\"refused\":null,\"waits\":null,\"next_start\":\\[]},\"at\":" + TIME + "}\n";

    @TempDir
    private Path dir;
    private Spool spool;
    private final InForce inForce = new InForce();

    @Override
    protected CamelContext createCamelContext() throws Exception {
        testConfiguration().withUseAdviceWith(true);
        new Home(dir);
        Settings settings = Settings.load(dir, Map.of(), Map.of());
        spool = Ingest.spool(settings);
        spool.create();
        CamelContext context = super.createCamelContext();
        context.addComponent("own", new OwnComponent(OwnFolder.of(spool.dir())));
        context.getRegistry().bind("status", new Status(spool, new Breaker(settings, Clock.systemUTC()), new TimeLimit(Duration.ofSeconds(30), "its disk hangs"), inForce, new Counts(), null));
        context.getRegistry().bind("failures", new Failures());
        context.getRegistry().bind("file-failures", (Processor) exchange -> { });
        for (String file : new String[] {"errors", "status"}) {
            PluginHelper.getRoutesLoader(context).loadRoutes(ResourceHelper.resolveMandatoryResource(context, "file:routes/" + file + ".camel.yaml"));
        }
        return context;
    }

    @AfterEach
    void giveTheSpoolBack() throws IOException {
        spool.unlock();
    }

    @Test
    void whatIsNewIsOneLineOfJsonAndWhatIsNotIsNotWritten() throws Exception {
        begin();

        Exchange first = template.send("direct:tell", exchange -> { });

        assertThat(first.getException()).isNull();
        assertThat(Files.readString(file())).matches(STATUS);
        Files.delete(file());
        template.send("direct:tell", exchange -> { });
        assertThat(file()).doesNotExist();
    }

    @Test
    void whatIsInForceAndWhatIsRefusedIsToldAtOnceAndReadBackAsItWas() throws Exception {
        begin();
        template.send("direct:tell", exchange -> { });
        inForce.use(Generations.of(spool.dir()).keep(EditedFiles.read(dir), "start"));
        inForce.refuse("routes/own.camel.yaml, line 3: stepz is not a name that can stand here");
        inForce.hold("the archive runs");
        inForce.leaveToNextStart(List.of("tac8.spool.dir"));

        template.send("direct:tell", exchange -> { });

        InForce.State told = ServiceStatus.read(spool.dir()).generation();
        assertThat(told).isEqualTo(inForce.now());
        assertThat(told.number()).isEqualTo(1);
        assertThat(told.refused()).contains("stepz");
    }

    @Test
    void theStatusOfAnOlderServiceNamesNoGeneration() throws Exception {
        OwnFolder.of(spool.dir()).write("status.json",
                "{\"pid\":1,\"breaker\":\"closed\",\"breaker_since\":\"2026-11-22T10:00:00Z\",\"stuck_since\":null,\"at\":\"2026-11-22T10:00:00Z\"}");

        assertThat(ServiceStatus.read(spool.dir()).generation()).isEqualTo(new InForce().now());
    }

    @Test
    void aStatusThatCannotBeWrittenIsSaidWithItsFileAndEndsNothing() throws Exception {
        Files.createDirectories(file().resolveSibling("status.json.new/x"));
        begin();

        Exchange refused = template.send("direct:tell", exchange -> { });

        assertThat(refused.getException()).isNull();
        assertThat(refused.getVariable("reason", String.class)).startsWith("cannot write " + file() + ": ");
        assertThat(file()).doesNotExist();
    }

    @Test
    void whatCouldNotBeWrittenHoldsNothingUpAndIsWrittenLater() throws Exception {
        Path answer = file().resolveSibling("answer.json");
        Path inTheWay = Files.createDirectories(file().resolveSibling("answer.json.new/x"));
        begin();
        assertThatThrownBy(() -> template.sendBody("own:answer.json", "the run has ended")).cause().hasMessageStartingWith("cannot write " + answer);

        assertThat(template.send("direct:tell", exchange -> { }).getException()).isNull();
        assertThat(file()).exists();
        assertThat(answer).doesNotExist();
        Files.delete(inTheWay);
        Files.delete(inTheWay.getParent());
        template.sendBody("own:other.json", "anything");

        assertThat(answer).hasContent("the run has ended\n");
    }

    /** Has the route begin when it is told to, not by its timer. */
    private void begin() throws Exception {
        AdviceWith.adviceWith(context, "status", route -> route.replaceFromWith("direct:tell"));
        context.start();
    }

    private Path file() {
        return spool.dir().resolve(".tac8/status.json");
    }
}
