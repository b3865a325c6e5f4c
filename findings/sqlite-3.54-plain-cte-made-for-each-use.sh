#!/usr/bin/env bash
# A common table expression that is used twice is made once only if it groups, sorts or unites; a plain one is made for each use and each column.
#
# Package:   org.xerial:sqlite-jdbc 3.54.1.0, which is SQLite 3.54.1
# Expected:  since 3.35 a WITH that is used more than once is treated as AS MATERIALIZED, so its rows are made once, and two uses see the same rows.
# Seen:      that holds for one with GROUP BY. One that only selects from a table is put in the place of each use, as a view is, and then a function in it is
#            called for each use and each mention: in a self-join of 3 rows 21 times instead of 3, and 12 times where a single use names its column
#            four times. So two uses of random values do not agree. AS MATERIALIZED mends both, also for a single use.
# Matters:   a statement that splits JSON, hashes or adds something up in a plain WITH pays for it at each mention; one that makes ids there and
#            inserts them in two places inserts different ones.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

cat >pom.xml <<'POM'
<project><modelVersion>4.0.0</modelVersion><groupId>x</groupId><artifactId>x</artifactId><version>1</version><dependencies>
<dependency><groupId>org.xerial</groupId><artifactId>sqlite-jdbc</artifactId><version>3.54.1.0</version></dependency>
<dependency><groupId>org.slf4j</groupId><artifactId>slf4j-nop</artifactId><version>2.0.17</version></dependency>
</dependencies></project>
POM
mvn -q -B org.apache.maven.plugins:maven-dependency-plugin:3.9.0:copy-dependencies -DoutputDirectory=lib
cat >Made.java <<'JAVA'
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.sqlite.Function;

public class Made {
    static int calls;

    public static void main(String[] args) throws Exception {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite::memory:"); Statement statement = connection.createStatement()) {
            Function.create(connection, "seen", new Function() {
                @Override
                protected void xFunc() throws SQLException {
                    calls++;
                    result(value_int(0));
                }
            });
            statement.execute("CREATE TABLE t (x)");
            statement.execute("INSERT INTO t VALUES (1), (2), (3)");
            for (String hint : new String[] {"AS", "AS MATERIALIZED"}) {
                String plain = "WITH n " + hint + " (SELECT seen(x) AS y FROM t) ";
                String grouped = "WITH n " + hint + " (SELECT seen(x) AS y FROM t GROUP BY x) ";
                String same = "SELECT (SELECT group_concat(y) FROM n) = (SELECT group_concat(y) FROM n)";
                System.out.println(hint);
                System.out.println("  plain, joined with itself: " + calls(statement, plain + "SELECT * FROM n AS a JOIN n AS b USING (y)"));
                System.out.println("  grouped, joined with itself: " + calls(statement, grouped + "SELECT * FROM n AS a JOIN n AS b USING (y)"));
                System.out.println("  plain, used once, four mentions: " + calls(statement, plain + "SELECT y, y + 1, y + 2 FROM n WHERE y > 0"));
                System.out.println("  two uses of random values agree: " + value(statement, "WITH n " + hint + " (SELECT random() AS y FROM t) " + same));
                System.out.println("  the same, grouped: " + value(statement, "WITH n " + hint + " (SELECT random() AS y FROM t GROUP BY x) " + same));
            }
        }
    }

    static int calls(Statement statement, String sql) throws SQLException {
        calls = 0;
        try (ResultSet rows = statement.executeQuery(sql)) {
            while (rows.next()) {
                rows.getObject(1);
            }
        }
        return calls;
    }

    static boolean value(Statement statement, String sql) throws SQLException {
        try (ResultSet row = statement.executeQuery(sql)) {
            return row.getBoolean(1);
        }
    }
}
JAVA
java -cp "lib/*" Made.java | tee seen
diff seen - <<'SEEN'
AS
  plain, joined with itself: 21
  grouped, joined with itself: 3
  plain, used once, four mentions: 12
  two uses of random values agree: false
  the same, grouped: true
AS MATERIALIZED
  plain, joined with itself: 3
  grouped, joined with itself: 3
  plain, used once, four mentions: 3
  two uses of random values agree: true
  the same, grouped: true
SEEN
