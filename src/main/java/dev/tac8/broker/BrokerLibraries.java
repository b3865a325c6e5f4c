package dev.tac8.broker;

import dev.tac8.settings.Settings;
import dev.tac8.store.Reasons;
import dev.tac8.store.StoreException;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.net.MalformedURLException;
import java.net.URISyntaxException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Kafka's libraries, which lie in a folder of their own beside the others: only who uses a broker opens them. So only classes of
 * {@code dev.tac8.kafka} name theirs, and these are loaded beside them.
 */
public final class BrokerLibraries {
    private static final String COMPONENT = "org.apache.camel.component.kafka.KafkaComponent";
    private static final String OURS = "dev.tac8.kafka.";

    private BrokerLibraries() {
    }

    /**
     * Opens them, and connects to nothing.
     *
     * @throws StoreException if they are not there
     */
    public static Broker open(Settings settings) throws StoreException {
        try {
            return (Broker) loader().loadClass(OURS + "Kafka").getConstructor(Settings.class).newInstance(settings);
        } catch (InvocationTargetException e) {
            throw StoreException.of(e.getCause() instanceof Exception cause ? cause : e, "the settings of the broker cannot be used: " + Reasons.of(e));
        } catch (ReflectiveOperationException | IOException e) {
            throw new StoreException("Kafka's libraries cannot be used: " + Reasons.of(e) + "; build tac8 again", e);
        }
    }

    private static final class Lazy {
        private static ClassLoader one;

        private static synchronized ClassLoader get() throws IOException {
            if (one == null) {
                one = make();
            }
            return one;
        }
    }

    private static ClassLoader loader() throws IOException {
        return Lazy.get();
    }

    private static ClassLoader make() throws IOException {
        ClassLoader own = BrokerLibraries.class.getClassLoader();
        try {
            own.loadClass(COMPONENT);
            return own;
        } catch (ClassNotFoundException e) {
            return new Libraries(own);
        }
    }

    /** All classes are those of everybody, but Kafka's, and ours that name these. */
    private static final class Libraries extends URLClassLoader {
        Libraries(ClassLoader parent) throws IOException {
            super(jars().toArray(URL[]::new), parent);
        }

        private static List<URL> jars() throws IOException {
            try {
                URL own = BrokerLibraries.class.getProtectionDomain().getCodeSource().getLocation();
                List<URL> jars = new ArrayList<>(List.of(own));
                try (DirectoryStream<Path> found = Files.newDirectoryStream(Path.of(own.toURI()).resolveSibling("lib").resolve("kafka"), "*.jar")) {
                    for (Path jar : found) {
                        jars.add(jar.toUri().toURL());
                    }
                }
                return jars;
            } catch (URISyntaxException | MalformedURLException e) {
                throw new IOException(e);
            }
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            if (!name.startsWith(OURS)) {
                return super.loadClass(name, resolve);
            }
            synchronized (getClassLoadingLock(name)) {
                Class<?> found = findLoadedClass(name);
                return found == null ? findClass(name) : found;
            }
        }
    }
}
