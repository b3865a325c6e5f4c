#!/usr/bin/env bash
# The SQLite driver's query timeout ends no query: it only replaces the time that a lock is waited for, up or down.
#
# Package:   org.xerial:sqlite-jdbc 3.54.1.0
# Expected:  Statement.setQueryTimeout: "the driver to wait for a Statement object to execute to the given number of seconds. If the limit is
#            exceeded, an SQLTimeoutException is thrown" (java.sql).
# Seen:      a query that computes for longer than its timeout of 1 s ends by itself, with its answer. On a locked database a timeout of 1 s cuts a
#            busy_timeout of 10 s to 1 s, and one of 3 s stretches a busy_timeout of 0 to 3 s.
# Matters:   a limit on an analyst's question has to come from another thread (Statement.cancel); and a "query timeout" set by a
#            framework (Spring's JdbcTemplate, a transaction's timeout) silently changes how long a locked store is waited for.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

for artifact in org.slf4j:slf4j-api:2.0.17 org.xerial:sqlite-jdbc:3.54.1.0; do
    mvn -q -B org.apache.maven.plugins:maven-dependency-plugin:3.9.0:copy -Dartifact="$artifact" -DoutputDirectory="$work"
done
cat >Ask.java <<'JAVA'
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;

public class Ask {
    public static void main(String[] args) throws Exception {
        try (Connection writer = DriverManager.getConnection("jdbc:sqlite:a.db"); var statement = writer.createStatement()) {
            statement.execute("CREATE TABLE t(x)");
            statement.setQueryTimeout(1);
            long began = System.nanoTime();
            try (var row = statement.executeQuery("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 40000000) SELECT count(*) FROM n")) {
                row.next();
                System.out.println("computes for over 1 s: " + (seconds(began) > 1.0) + ", answer " + row.getInt(1));
            }
            statement.execute("BEGIN EXCLUSIVE");
            locked("busy_timeout 10 s, query timeout 1 s", 10_000, 1);
            locked("busy_timeout 0 s, query timeout 3 s", 0, 3);
        }
    }

    static void locked(String what, int busyMillis, int timeoutSeconds) throws SQLException {
        try (Connection other = DriverManager.getConnection("jdbc:sqlite:a.db?busy_timeout=" + busyMillis); var statement = other.createStatement()) {
            statement.setQueryTimeout(timeoutSeconds);
            long began = System.nanoTime();
            try {
                statement.execute("INSERT INTO t VALUES (1)");
            } catch (SQLException e) {
                System.out.println(what + ": waited " + Math.round(seconds(began)) + " s, " + e.getMessage().split(" ")[0]);
            }
        }
    }

    static double seconds(long began) {
        return (System.nanoTime() - began) / 1e9;
    }
}
JAVA
java -cp "sqlite-jdbc-3.54.1.0.jar:slf4j-api-2.0.17.jar" Ask.java 2>/dev/null | tee seen
diff seen - <<'SEEN'
computes for over 1 s: true, answer 40000000
busy_timeout 10 s, query timeout 1 s: waited 1 s, [SQLITE_BUSY]
busy_timeout 0 s, query timeout 3 s: waited 3 s, [SQLITE_BUSY]
SEEN
echo "as stated"
