package dev.tac8.service;

import dev.tac8.broker.Broker;
import dev.tac8.files.OwnFolder;
import dev.tac8.ingest.Spool;
import dev.tac8.page.Pages;
import dev.tac8.settings.Setting;
import dev.tac8.settings.Settings;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.apache.camel.BindToRegistry;
import org.apache.camel.CamelContext;
import org.apache.camel.RouteConfigurationsBuilder;
import org.apache.camel.RoutesBuilder;
import org.apache.camel.component.properties.PropertiesComponent;
import org.apache.camel.component.quartz.QuartzComponent;
import org.apache.camel.health.HealthCheck;
import org.apache.camel.main.DefaultRoutesCollector;
import org.apache.camel.main.Main;
import org.apache.camel.main.SimpleMainShutdownStrategy;
import org.apache.camel.model.ModelCamelContext;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.spi.Resource;
import org.apache.camel.support.PluginHelper;
import org.quartz.simpl.ZeroSizeThreadPool;

/**
 * Camel, set up by tac8's settings alone: by itself it would prefer environment variables and system properties to the values it is
 * given, and read files that they name.
 */
final class RoutesMain extends Main {
    /** The value of {{sql.rows}} in routes: all rows of the body go to one statement, each by the names of its columns. */
    private static final String ROWS = "batch=true&usePlaceholder=false&prepareStatementStrategy=#named-parameters";

    /** What Kafka's client keeps at most until the broker has it, beside the longest line. */
    private static final long KAFKA_BUFFER_BYTES = 32 << 20;

    private static final AtomicInteger CONTEXTS = new AtomicInteger();

    private final Settings settings;
    private final RouteFiles files;
    private final Gate gate = new Gate();
    private final Spool spool;
    private final TimeLimit limit;
    private final Pages pages;
    private ClassLoader classes;
    private Predicate<String> starts = group -> true;
    /** The ids of routes of a group that stand in for those of the same names without one. */
    private Set<String> standIns = Set.of();

    /**
     * @param settings all settings, including Camel's own, and the folder of routes and statements
     * @param spool    the folder behind {@code spool:waiting}, {@code drop:} and {@code own:}
     * @param limit    the time limit of {@code within:}
     * @param pages    behind {@code page:}
     * @param beans    those that are bound by the names that stand before their classes
     */
    RoutesMain(Settings settings, Spool spool, TimeLimit limit, Pages pages, Object... beans) {
        this.settings = settings;
        this.files = new RouteFiles(settings.files());
        // Whoever runs it stops it; Camel's own hook would do so beside that, and hold the context in memory even after it is stopped.
        setShutdownStrategy(new SimpleMainShutdownStrategy());
        setRoutesCollector(new DefaultRoutesCollector() {
            @Override
            public Collection<Resource> findRouteResourcesFromDirectory(CamelContext context, String exclude, String include) {
                return RouteFiles.areAll(include) ? RouteFiles.routes(files.folder()) : super.findRouteResourcesFromDirectory(context, exclude, include);
            }
        });
        this.spool = spool;
        this.limit = limit;
        this.pages = pages;
        configure().withAutoConfigurationEnvironmentVariablesEnabled(false).withAutoConfigurationSystemPropertiesEnabled(false);
        bindAll(beans);
    }

    /** Binds beans by the names that stand before their classes. */
    void bindAll(Object... beans) {
        for (Object bean : beans) {
            // Camel's own post-processor does the same, and looks through all fields and methods of each for what it might inject.
            bind(bean.getClass().getAnnotation(BindToRegistry.class).value(), bean);
        }
    }

    /** Has Camel find its component for a broker, which is beside the broker's libraries. */
    void useClassesOf(Broker broker) {
        classes = broker.getClass().getClassLoader();
    }

    /** Has Camel ask these checks, and of its own only whether it runs. */
    void observe(List<HealthCheck> checks) {
        checks.forEach(check -> bind("check-" + check.getId(), check));
        // The check "routes" says the same with its reason, and tells a promised route that is missing. A consumer that cannot poll says so in the log.
        configure().health().setRoutesEnabled(false);
        configure().health().setConsumersEnabled(false);
    }

    /** Says of which groups the routes are loaded; those that others call are loaded in any case, unless they name a group, too. */
    void startOnly(Predicate<String> groups) {
        starts = groups;
        standIns = Promises.standIns(groups);
    }

    /** Builds routes and has none begin. The threads of a scheduler of Quartz, which would have nothing to do, take half a second to end. */
    void onlyBuild() {
        configure().withAutoStartup(false);
        QuartzComponent quartz = new QuartzComponent();
        quartz.setAutoStartScheduler(false);
        quartz.setProperties(Map.of("org.quartz.threadPool.class", ZeroSizeThreadPool.class.getName()));
        bind("quartz-component", quartz);
    }

    /** What stands before each call of a route. */
    Gate gate() {
        return gate;
    }

    /** The routes of other files, parsed. */
    Collection<RoutesBuilder> parse(Settings other) throws Exception {
        return PluginHelper.getRoutesLoader(getCamelContext()).findRoutesBuilders(RouteFiles.routes(other.files()));
    }

    /** Adds some of the routes of other files to the running context, which reads statements and settings there from now on. */
    void add(Collection<RoutesBuilder> parsed, Settings other, Predicate<RouteDefinition> which) throws Exception {
        ModelCamelContext context = (ModelCamelContext) getCamelContext();
        files.readFrom(other.files());
        context.getPropertiesComponent().setOverrideProperties(other.toProperties());
        context.setRouteFilter(route -> which.test(route) && isLoaded(route));
        for (RoutesBuilder builder : parsed) {
            context.addRoutesConfigurations((RouteConfigurationsBuilder) builder);
        }
        for (RoutesBuilder builder : parsed) {
            context.addRoutes(builder);
        }
        for (RoutesBuilder builder : parsed) {
            context.addTemplatedRoutes(builder);
        }
    }

    private boolean isLoaded(RouteDefinition route) {
        if (route.getGroup() == null && standIns.contains(route.getRouteId())) {
            return false;
        }
        return route.getInput() == null || route.getGroup() == null && route.getInput().getEndpointUri().startsWith("direct:") || starts.test(route.getGroup());
    }

    @Override
    protected CamelContext createCamelContext() {
        CamelContext context = super.createCamelContext();
        ((ModelCamelContext) context).setRouteFilter(this::isLoaded);
        if (classes != null) {
            context.setApplicationContextClassLoader(classes);
        }
        context.setPropertiesComponent(new OwnProperties());
        // Contexts of one name share a scheduler of Quartz, and one that is only looked at would take all times from the one that runs, without a word.
        context.setManagementName("tac8-" + CONTEXTS.incrementAndGet());
        files.bindTo(context);
        context.addComponent("direct", gate);
        context.addComponent("spool", SpoolComponent.of(spool.dir()));
        context.addComponent("file", SpoolComponent.ofOtherFolders(spool.dir()));
        context.addComponent("within", new StepComponent((exchange, route) -> limit.send(exchange, "direct:" + route)));
        context.addComponent("page", new StepComponent(pages::answer));
        context.addComponent("drop", new StepComponent((exchange, name) -> spool.publish(name, (file, out) ->
                out.write((exchange.getMessage().getBody(String.class) + "\n").getBytes(StandardCharsets.UTF_8)))));
        context.addComponent("own", new OwnComponent(OwnFolder.of(spool.dir())));
        return context;
    }

    @Override
    protected void configurePropertiesService(CamelContext context) {
        Properties given = new Properties();
        given.setProperty("sql.rows", ROWS);
        long message = 2L * settings.number(Setting.INGEST_MAX_LINE_BYTES);
        given.setProperty("kafka.message-bytes", String.valueOf(message));
        given.setProperty("kafka.buffer-bytes", String.valueOf(message + KAFKA_BUFFER_BYTES));
        context.getPropertiesComponent().setInitialProperties(given);
        context.getPropertiesComponent().setOverrideProperties(settings.toProperties());
    }

    /** Placeholders that no setting of Camel can open to the environment again. */
    private static final class OwnProperties extends PropertiesComponent {
        @Override
        public int getEnvironmentVariableMode() {
            return ENVIRONMENT_VARIABLES_MODE_NEVER;
        }

        @Override
        public int getSystemPropertiesMode() {
            return SYSTEM_PROPERTIES_MODE_NEVER;
        }
    }
}
