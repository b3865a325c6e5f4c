package dev.tac8.observe;

import dev.tac8.ingest.RecordType;
import dev.tac8.store.Freshness;
import dev.tac8.store.Transactions;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.core.instrument.config.MeterFilter;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;
import org.apache.camel.BindToRegistry;
import org.apache.camel.Exchange;
import org.apache.camel.component.micrometer.routepolicy.MicrometerRoutePolicyConfiguration;
import org.apache.camel.component.micrometer.routepolicy.MicrometerRoutePolicyFactory;
import org.apache.camel.spi.RoutePolicyFactory;

/** Figures for Prometheus, in its units and under its kind of names. A scrape reads what is known, and asks no disk. */
@BindToRegistry("metrics")
public final class Metrics {
    private static final List<String> STORES = List.of("external", "local");

    private final Watched watched;
    private final Health health;
    private final Figures figures;
    private final Map<String, Transactions> commits;
    private PrometheusMeterRegistry registry;
    private MultiGauge free;

    /** @param commits of each store, by its name */
    public Metrics(Watched watched, Health health, Figures figures, Map<String, Transactions> commits) {
        this.watched = watched;
        this.health = health;
        this.figures = figures;
        this.commits = Map.copyOf(commits);
    }

    /** Begins to measure, and returns what measures Camel's routes. Without it nothing is measured, which spares commands the time. */
    public RoutePolicyFactory begin() {
        registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        // In nanoseconds, and the only one that is not in a base unit.
        registry.config().meterFilter(MeterFilter.denyNameStartsWith("process.cpu.time"));
        // Six of them, each of which stops all threads to look at them.
        registry.config().meterFilter(MeterFilter.denyNameStartsWith("jvm.threads.states"));
        bindIngest();
        bindStores();
        bindToday();
        health.findings().forEach((check, finding) -> Gauge.builder("tac8.health.up", () -> finding.get().isWell() ? 1 : 0).tag("check", check)
                .description("Whether a check of /observe/health is UP.").register(registry));
        free = MultiGauge.builder("tac8.disk.free").baseUnit("bytes").description("Room on the disk below a folder.").register(registry);
        if (watched.broker() != null) {
            gauge("tac8.broker.up", "1 while the topic can be used.", watched.broker(), now -> now.seen() != null && now.seen().awaySince() == null ? 1 : 0);
            gauge("tac8.broker.lag", "Records of the topic that the group has not stored.", watched.broker(), now -> now.seen() == null || now.seen().lag() < 0
                    ? Double.NaN : now.seen().lag());
        }
        if (watched.settings().isPostgresql()) {
            Gauge.builder("tac8.replica.behind", watched, Metrics::behindSeconds).baseUnit("seconds").description("How far the replica is behind the database.").register(registry);
        }
        gauge("tac8.generation", "The number of the generation of routes, statements and settings in force.", watched.generation(), now -> now.now().number());
        gauge("tac8.edit.refused", "1 while an edit is refused and the former generation goes on.", watched.generation(), now -> now.now().refused() == null ? 0 : 1);
        new JvmMemoryMetrics().bindTo(registry);
        new JvmThreadMetrics().bindTo(registry);
        new JvmGcMetrics().bindTo(registry);
        new ProcessorMetrics().bindTo(registry);
        new FileDescriptorMetrics().bindTo(registry);
        new UptimeMetrics().bindTo(registry);
        MicrometerRoutePolicyFactory routes = new MicrometerRoutePolicyFactory();
        routes.setMeterRegistry(registry);
        routes.setPolicyConfiguration(new MicrometerRoutePolicyConfiguration());
        routes.getPolicyConfiguration().setContextEnabled(false);
        routes.getPolicyConfiguration().setExchangesSucceeded(false);
        routes.getPolicyConfiguration().setExternalRedeliveries(false);
        routes.getPolicyConfiguration().setFailuresHandled(false);
        return routes;
    }

    private void bindIngest() {
        for (RecordType type : RecordType.values()) {
            FunctionCounter.builder("tac8.records.stored", watched.counts(), counts -> counts.records(type)).tag("type", type.name().toLowerCase(Locale.ROOT))
                    .description("Records of files that a store has taken. Those of a file that is read again count again.").register(registry);
        }
        FunctionCounter.builder("tac8.lines.quarantined", watched.counts(), counts -> counts.badLines()).description("Lines that were set aside as no records.")
                .register(registry);
        FunctionCounter.builder("tac8.chunks.stored", watched.counts(), counts -> counts.chunks()).description("Chunks that a store has taken.").register(registry);
        gauge("tac8.quarantine.lines", "Lines that are in quarantine now.", health, now -> now.quarantined().lines());
        gauge("tac8.spool.files", "Files that wait in the spool.", health, Health::waitingFiles);
        Gauge.builder("tac8.spool.lag", health, Health::lagSeconds).baseUnit("seconds").description("For how long the oldest file has waited; 0 if none does.")
                .register(registry);
    }

    private void bindStores() {
        for (String store : STORES) {
            FunctionTimer.builder("tac8.transaction", commits.get(store), Transactions::count, Transactions::nanos, TimeUnit.NANOSECONDS).tag("store", store)
                    .description("Transactions that wrote rows, from begin to commit.").register(registry);
            FunctionTimer.builder("tac8.commit", commits.get(store), Transactions::count, Transactions::commitNanos, TimeUnit.NANOSECONDS).tag("store", store)
                    .description("Their commits alone: the time of the disk.").register(registry);
            Gauge.builder("tac8.store.target", watched, now -> store.equals("external") == now.breaker().get().equals("closed") ? 1 : 0).tag("store", store)
                    .description("1 for the store that chunks go to.").register(registry);
        }
        for (String state : List.of("closed", "open", "half-open")) {
            Gauge.builder("tac8.breaker.state", watched, now -> now.breaker().get().equals(state) ? 1 : 0).tag("state", state)
                    .description("1 for the state of the circuit breaker around the external store.").register(registry);
        }
        gauge("tac8.store.held", "1 while neither store takes the chunk at its turn.", watched.counts(), now -> now.held() == null ? 0 : 1);
        Gauge.builder("tac8.store.stuck", watched, now -> now.stuck().get().toMillis() / 1000.0).baseUnit("seconds")
                .description("For how long the external store owes an answer, if that is more than 5 s.").register(registry);
        gauge("tac8.backlog.rows", "Rows of the local store that wait to go home.", figures, Figures::backlog);
        for (String kind : List.of("archive", "failback")) {
            Gauge.builder("tac8.last." + kind + ".timestamp", figures, now -> now.report(kind) == null ? Double.NaN : now.report(kind).at().getEpochSecond())
                    .baseUnit("seconds").description("When it was reported last, in seconds since 1970.").register(registry);
        }
    }

    private void bindToday() {
        for (String store : STORES) {
            Gauge.builder("tac8.cost.today", figures, now -> now.today(store, "cost_usd")).baseUnit("dollars").tag("store", store)
                    .description("What today's API calls cost, of those in one store; a call is in one alone.").register(registry);
            Gauge.builder("tac8.calls.today", figures, now -> now.today(store, "calls")).tag("store", store).description("Today's API calls.").register(registry);
            Gauge.builder("tac8.calls.without.cost.today", figures, now -> now.today(store, "calls_without_cost")).tag("store", store)
                    .description("Those of them that no cost is known of.").register(registry);
            for (String kind : List.of("input", "output", "cache_read", "cache_write")) {
                Gauge.builder("tac8.tokens.today", figures, now -> now.today(store, "tokens_" + kind)).tags("store", store, "kind", kind)
                        .description("Tokens of today's API calls.").register(registry);
            }
        }
    }

    private <T> void gauge(String name, String description, T source, ToDoubleFunction<T> value) {
        Gauge.builder(name, source, value).description(description).register(registry);
    }

    /** All figures, in Prometheus's text format. */
    public String scrape(Exchange exchange) {
        free.register(health.disks().freeBytes().entrySet().stream().<MultiGauge.Row<?>>map(disk -> MultiGauge.Row.of(Tags.of("disk", disk.getKey()),
                disk.getValue())).toList(), true);
        exchange.getMessage().setHeader(Exchange.CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8");
        return registry.scrape();
    }

    private static double behindSeconds(Watched watched) {
        Duration behind = Freshness.read(watched.settings()).behind(Instant.now());
        return behind == null ? Double.NaN : behind.toMillis() / 1e3;
    }
}
