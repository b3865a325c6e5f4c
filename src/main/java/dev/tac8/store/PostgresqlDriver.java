package dev.tac8.store;

import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.InvocationTargetException;
import java.net.MalformedURLException;
import java.net.URISyntaxException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;

/**
 * PostgreSQL's driver, which lies in a folder of its own beside the other libraries: only who writes to PostgreSQL opens it. So nothing here
 * names its classes; what JDBC does not offer, COPY, is called by its name.
 */
final class PostgresqlDriver {
    private static final String PACKAGE = "org.postgresql.";

    private final ClassLoader loader;
    private final Driver driver;

    private PostgresqlDriver() throws StoreException {
        try {
            loader = loader();
            driver = (Driver) loader.loadClass(PACKAGE + "Driver").getConstructor().newInstance();
        } catch (ReflectiveOperationException | IOException e) {
            throw new StoreException("PostgreSQL's driver cannot be used: " + Reasons.of(e) + "; build tac8 again", e);
        }
    }

    private static final class Lazy {
        private static PostgresqlDriver one;

        private static synchronized PostgresqlDriver get() throws StoreException {
            if (one == null) {
                one = new PostgresqlDriver();
            }
            return one;
        }
    }

    /** @throws StoreException if it is not there */
    static PostgresqlDriver get() throws StoreException {
        return Lazy.get();
    }

    private static ClassLoader loader() throws IOException {
        ClassLoader own = PostgresqlDriver.class.getClassLoader();
        try {
            own.loadClass(PACKAGE + "Driver");
            return own;
        } catch (ClassNotFoundException e) {
            return new URLClassLoader(jars().toArray(URL[]::new), own);
        }
    }

    private static List<URL> jars() throws IOException {
        List<URL> jars = new ArrayList<>();
        try (DirectoryStream<Path> found = Files.newDirectoryStream(Path.of(PostgresqlDriver.class.getProtectionDomain().getCodeSource().getLocation().toURI())
                .resolveSibling("lib").resolve("postgresql"), "*.jar")) {
            for (Path jar : found) {
                jars.add(jar.toUri().toURL());
            }
        } catch (URISyntaxException | MalformedURLException e) {
            throw new IOException(e);
        }
        return jars;
    }

    /** Whether an exception is the driver's own, and so says what the server has said. */
    static boolean isItsOwn(Throwable failure) {
        return failure instanceof SQLException && failure.getClass().getName().startsWith(PACKAGE);
    }

    Connection connect(String url, Properties properties) throws SQLException {
        Connection connection = driver.connect(url, properties);
        if (connection == null) {
            throw new StoreException(url + " is no address of a PostgreSQL database; it begins with jdbc:postgresql:");
        }
        return connection;
    }

    /** Sends rows to a COPY ... FROM STDIN, and says how many the server has taken. */
    long copy(Connection connection, String statement, InputStream rows) throws SQLException {
        try {
            Class<?> opened = loader.loadClass(PACKAGE + "PGConnection");
            Object manager = opened.getMethod("getCopyAPI").invoke(connection.unwrap(opened));
            return (Long) manager.getClass().getMethod("copyIn", String.class, InputStream.class).invoke(manager, statement, rows);
        } catch (InvocationTargetException e) {
            throw e.getCause() instanceof SQLException said ? said : new SQLException(e.getCause());
        } catch (ReflectiveOperationException e) {
            throw new StoreException("PostgreSQL's driver is not the one that tac8 was built with: " + Reasons.of(e) + "; build tac8 again", e);
        }
    }
}
