package dev.tac8.fault;

import java.io.IOException;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.apache.camel.Exchange;
import org.awaitility.Awaitility;
import org.springframework.jdbc.datasource.ConnectionHolder;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.util.ReflectionUtils;

/**
 * A step that an edited route may hold: stands still inside a transaction on the external store, or right behind its commit, until
 * the test has done what it wants to do there. It does so once in the life of a home, in the third such transaction.
 */
public final class Pause {
    /** The transaction that it stands still in. */
    static final int PASSES = 3;
    private static final Duration LONGEST = Duration.ofMinutes(1);
    private static final AtomicInteger PASSED = new AtomicInteger();

    /** Stands still here. */
    public void here(Exchange exchange) throws IOException {
        if (isDue(exchange)) {
            pause();
        }
    }

    /** Stands still once the transaction is committed, and before anybody else knows. */
    public void afterCommit(Exchange exchange) {
        if (!isDue(exchange)) {
            return;
        }
        ConnectionHolder holder = (ConnectionHolder) TransactionSynchronizationManager.getResource(external(exchange));
        Connection connection = holder.getConnection();
        InvocationHandler pausing = (self, method, arguments) -> {
            try {
                Object result = method.invoke(connection, arguments);
                if (method.getName().equals("commit")) {
                    pause();
                }
                return result;
            } catch (InvocationTargetException e) {
                throw e.getCause();
            }
        };
        // The holder lets only its own kind exchange the connection.
        Method exchanging = ReflectionUtils.findMethod(ConnectionHolder.class, "setConnection", Connection.class);
        ReflectionUtils.makeAccessible(exchanging);
        ReflectionUtils.invokeMethod(exchanging, holder,
                Proxy.newProxyInstance(Pause.class.getClassLoader(), new Class<?>[] {Connection.class}, pausing));
    }

    /** Says in a home that the process stands still. */
    static Path paused(Path home) {
        return home.resolve("paused");
    }

    /** Lets it go on. */
    static Path goOn(Path home) {
        return home.resolve("go-on");
    }

    private static boolean isDue(Exchange exchange) {
        return TransactionSynchronizationManager.hasResource(external(exchange)) && !Files.exists(paused(home()))
                && PASSED.incrementAndGet() == PASSES;
    }

    private static DataSource external(Exchange exchange) {
        return exchange.getContext().getRegistry().lookupByNameAndType("external", DataSource.class);
    }

    private static void pause() throws IOException {
        Files.createFile(paused(home()));
        Awaitility.await().atMost(LONGEST).pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(5))
                .until(() -> Files.exists(goOn(home())));
    }

    private static Path home() {
        return Path.of(System.getProperty("tac8.home"));
    }
}
