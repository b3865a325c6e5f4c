package dev.tac8;

import dev.tac8.store.SchemaVersion;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.stream.Collectors;

/** The versions of the tables, as {@code sql/upgrade} has them. */
public final class Versions {
    /** That of this tac8. */
    public static final int OURS = read().ours();
    /** The columns that came after the first version. */
    public static final List<SchemaVersion.Column> ADDED = read().added().columns();

    private Versions() {
    }

    private static SchemaVersion read() {
        try {
            return SchemaVersion.of(Path.of("sql"));
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The names of the columns that a table got after the first version. */
    public static String added(String table) {
        return ADDED.stream().filter(column -> column.table().equals(table)).map(SchemaVersion.Column::name).collect(Collectors.joining(", "));
    }

    /** Makes of a database one of the first version. */
    public static Path first(Path database) {
        return older(database, 0);
    }

    /** Makes of a database one of an older version. */
    public static Path older(Path database, int version) {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + database); Statement statement = connection.createStatement()) {
            statement.execute("PRAGMA busy_timeout=30000");
            for (SchemaVersion.Table table : read().since(version).tables()) {
                statement.execute("DROP TABLE " + table.name());
            }
            for (SchemaVersion.Column column : read().since(version).columns()) {
                for (String index : Home.query(database, "SELECT DISTINCT i.name FROM pragma_index_list('" + column.table() + "') i"
                        + " JOIN pragma_index_info(i.name) c WHERE c.name = '" + column.name() + "'")) {
                    statement.execute("DROP INDEX " + index);
                }
                statement.execute("ALTER TABLE " + column.table() + " DROP COLUMN " + column.name());
            }
            if (version == 0) {
                statement.execute("CREATE INDEX idx_api_calls_worker ON api_calls(worker_id)");
            }
            statement.execute("PRAGMA user_version = " + version);
            return database;
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }
}
