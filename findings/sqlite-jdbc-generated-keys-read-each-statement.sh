#!/usr/bin/env bash
# The SQLite driver searches the text of each statement that is executed for an INSERT, which of a long WITH takes longer than SQLite does.
#
# Package:   org.xerial:sqlite-jdbc 3.54.1.0
# Expected:  what execute() and executeUpdate() of a prepared statement cost does not grow with the square of its text.
# Seen:      they match it with ^\s*(?:with\s+.+\(.+?\))*\s*(?:insert|replace)\s* each time, for the keys that Statement.getGeneratedKeys() might
#            be asked for. A statement of 160 common tables, 6 KB that SQLite runs in microseconds, takes milliseconds. executeQuery() does
#            not do it; Spring's JdbcTemplate and camel-sql call execute().
# Matters:   with jdbc.get_generated_keys=false the time is SQLite's alone. Of what a run of the archive did outside SQLite, two fifths were this.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

for artifact in org.slf4j:slf4j-api:2.0.17 org.xerial:sqlite-jdbc:3.54.1.0; do
    mvn -q -B org.apache.maven.plugins:maven-dependency-plugin:3.9.0:copy -Dartifact="$artifact" -DoutputDirectory="$work"
done
cat >Ask.java <<'JAVA'
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

public class Ask {
    public static void main(String[] args) throws Exception {
        long before = nanos("");
        long without = nanos("?jdbc.get_generated_keys=false");
        System.out.println("more than ten times as long: " + (before > 10 * without));
    }

    static long nanos(String settings) throws SQLException {
        String parts = IntStream.range(0, 160).mapToObj(i -> "a" + i + " AS (SELECT x FROM a WHERE x = " + i + ")")
                .collect(Collectors.joining(", "));
        long least = Long.MAX_VALUE;
        try (var connection = DriverManager.getConnection("jdbc:sqlite:a.db" + settings);
             var statement = connection.prepareStatement("WITH a AS (SELECT 1 AS x), " + parts + " SELECT 1")) {
            for (int i = 0; i < 50; i++) {
                long began = System.nanoTime();
                statement.execute();
                statement.getResultSet().close();
                least = Math.min(least, System.nanoTime() - began);
            }
        }
        return least;
    }
}
JAVA
java -cp "sqlite-jdbc-3.54.1.0.jar:slf4j-api-2.0.17.jar" Ask.java 2>/dev/null | tee seen
diff seen - <<'SEEN'
more than ten times as long: true
SEEN
echo "as stated"
