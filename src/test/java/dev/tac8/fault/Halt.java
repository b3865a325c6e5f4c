package dev.tac8.fault;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.apache.camel.Exchange;
import org.springframework.jdbc.datasource.DataSourceUtils;
import org.sqlite.SQLiteCommitListener;
import org.sqlite.SQLiteConnection;

/**
 * A step that an edited route may hold: ends the process without any tidying up, as a power cut does. It does so once in the life
 * of a home, when it is passed for the third time, so that there is work before and behind it.
 */
public final class Halt {
    static final int EXIT_CODE = 99;
    static final int PASSES = 3;
    private static final int ROWS = 5;
    private static final AtomicInteger PASSED = new AtomicInteger();

    /** Ends the process here. */
    public void here() throws IOException {
        if (mayHalt() && PASSED.incrementAndGet() == PASSES) {
            halt();
        }
    }

    /** Ends the process inside the statement that writes workers, behind some of its rows. */
    public void amidRows(Exchange exchange) throws IOException, SQLException {
        if (mayHalt() && PASSED.incrementAndGet() == PASSES) {
            int[] rows = {0};
            connection(exchange, "external").addUpdateListener((type, database, table, row) -> {
                if (table.equals("workers") && ++rows[0] == ROWS) {
                    halt();
                }
            });
        }
    }

    /** Ends the process once SQLite has begun to commit. */
    public void amidCommit(Exchange exchange) throws IOException, SQLException {
        amidCommitOf(exchange, "external");
    }

    /** The same of another database. */
    public void amidCommitOf(Exchange exchange, String store) throws IOException, SQLException {
        if (mayHalt() && PASSED.incrementAndGet() == PASSES) {
            connection(exchange, store).addCommitListener(new SQLiteCommitListener() {
                @Override
                public void onCommit() {
                    halt();
                }

                @Override
                public void onRollback() {
                    throw new IllegalStateException("nothing should roll back here");
                }
            });
        }
    }

    /** Has the transaction that runs overflow its cache: what it writes is in the file before it commits, and the journal counts. */
    public void spill(Exchange exchange, String store) throws SQLException {
        try (Statement statement = connection(exchange, store).createStatement()) {
            statement.execute("PRAGMA cache_size = 5");
        }
    }

    /** The connection of the transaction that runs. */
    private static SQLiteConnection connection(Exchange exchange, String name) throws SQLException {
        DataSource store = exchange.getContext().getRegistry().lookupByNameAndType(name, DataSource.class);
        Connection connection = DataSourceUtils.getConnection(store);
        return connection.unwrap(SQLiteConnection.class);
    }

    private static boolean mayHalt() {
        return !Files.exists(marker(System.getProperty("tac8.home")));
    }

    /** Says in a home that the process was halted there. */
    static Path marker(String home) {
        return Path.of(home, "halted");
    }

    private static void halt() {
        try {
            Files.createFile(marker(System.getProperty("tac8.home")));
        } catch (IOException e) {
            e.printStackTrace();
        }
        Runtime.getRuntime().halt(EXIT_CODE);
    }
}
