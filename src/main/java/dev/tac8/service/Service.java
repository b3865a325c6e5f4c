package dev.tac8.service;

import dev.tac8.ingest.Ingest;
import dev.tac8.ingest.Spool;
import dev.tac8.settings.Setting;
import dev.tac8.settings.Settings;
import dev.tac8.store.NamedParameters;
import dev.tac8.store.Store;
import dev.tac8.store.StoreException;
import dev.tac8.store.StoreTransactionManager;
import dev.tac8.store.Volume;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.camel.CamelContext;
import org.apache.camel.Processor;
import org.apache.camel.main.Main;
import org.apache.camel.spring.spi.SpringTransactionPolicy;

/** The routes and what they stand on: the spool, the stores, Camel. */
public final class Service implements Closeable {
    private final Settings settings;
    private final Spool spool;
    private final Store external;
    private final Main camel = new Main();

    private Service(Settings settings, Spool spool, Store external) {
        this.settings = settings;
        this.spool = spool;
        this.external = external;
    }

    /**
     * Takes the spool and prepares the stores. Starts nothing yet.
     *
     * @throws SpoolTakenException where another process holds the spool
     * @throws StoreException      where a store must not be used
     * @throws IOException         where a folder cannot be written
     */
    public static Service open(Settings settings) throws IOException, StoreException, SpoolTakenException {
        Spool spool = Ingest.spool(settings);
        spool.create();
        long holder = spool.lock();
        if (holder != 0) {
            throw new SpoolTakenException(spool.dir(), holder);
        }
        return new Service(settings, spool, store(settings));
    }

    /** The external store as the settings say. The default one, under {@code var/}, gets its marker on first use. */
    private static Store store(Settings settings) throws IOException, StoreException {
        Path dir = settings.path(Setting.EXTERNAL_DIR);
        Volume volume = externalVolume(settings, dir);
        if (settings.isDefault(Setting.EXTERNAL_DIR) && !volume.isRemembered()) {
            Files.createDirectories(dir);
            volume.remember(volume.mark());
        }
        return new Store("external", dir, volume, settings.number(Setting.STORE_BUSY_SECONDS), settings.home().resolve("sql"));
    }

    /** A folder as the external volume, remembered on the local side. */
    public static Volume externalVolume(Settings settings, Path dir) {
        return new Volume(dir, settings.path(Setting.LOCAL_DIR).resolve("external-volume"));
    }

    /**
     * Opens the stores once.
     *
     * @throws StoreException where one is away or must not be used
     */
    public void checkStores() throws StoreException {
        external.check();
    }

    public Spool spool() {
        return spool;
    }

    public Store external() {
        return external;
    }

    /**
     * Starts the routes.
     *
     * @throws RoutesException where {@code routes/} or {@code sql/} cannot be loaded; nothing runs then
     */
    public CamelContext start() throws RoutesException {
        camel.setDefaultPropertyPlaceholderLocation("false");
        camel.setOverrideProperties(settings.toProperties());
        camel.bind("spool", spool);
        camel.bind("quarantine", spool.quarantine());
        camel.bind("external", external);
        camel.bind("external-transaction", transaction(external));
        camel.bind("named-parameters", new NamedParameters());
        camel.bind("store-failures", new Failures("Reading stands still and the spool keeps everything; it goes on by itself"));
        Failures fileFailures = new Failures("The file stays in the spool and is tried again");
        camel.bind("file-failures", (Processor) exchange -> {
            spool.postpone(exchange);
            fileFailures.process(exchange);
        });
        try {
            camel.start();
        } catch (RuntimeException e) {
            throw new RoutesException(e);
        }
        return camel.getCamelContext();
    }

    private static SpringTransactionPolicy transaction(Store store) {
        SpringTransactionPolicy policy = new SpringTransactionPolicy(new StoreTransactionManager(store));
        policy.setPropagationBehaviorName("PROPAGATION_REQUIRED");
        return policy;
    }

    /** Stops the routes, in the middle of a file if need be, and gives the spool back. */
    @Override
    public void close() throws IOException {
        spool.stopReading();
        camel.stop();
        external.close();
        spool.unlock();
    }
}
