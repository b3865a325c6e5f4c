#!/usr/bin/env bash
# The table-valued integrity check answers nothing, no fault and no "ok", if it is asked for one database by name, and takes a number for a table.
#
# Package:   org.xerial:sqlite-jdbc 3.54.1.0, which is SQLite 3.54.1
# Expected:  SELECT * FROM pragma_integrity_check WHERE schema = 'other' says what PRAGMA other.integrity_check says, as WHERE schema = ... does with
#            pragma_page_count and pragma_table_list, and pragma_integrity_check(100) lets it name up to 100 faults, as PRAGMA integrity_check(100) does.
# Seen:      with WHERE schema there is no row at all, in a database with a fault and in one without. With a number it looks for a table of that name, and fails.
#            Two ways answer rightly: pragma_integrity_check(NULL, 'other'), and pragma_integrity_check('t') WHERE schema = 'other' for one table.
#            pragma_user_version, pragma_schema_version, pragma_application_id, pragma_data_version and pragma_freelist_count have no column schema: they can be asked about main only.
# Matters:   a watch over attached databases that counts the rows which are not "ok" finds none for ever.
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
cat >Check.java <<'JAVA'
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

public class Check {
    public static void main(String[] args) throws Exception {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite::memory:"); Statement statement = connection.createStatement()) {
            statement.execute("ATTACH ':memory:' AS other");
            statement.execute("CREATE TABLE main.t (a CHECK (a > 0))");
            statement.execute("CREATE TABLE other.t (a CHECK (a > 0))");
            // A row that was there before its check, say.
            statement.execute("PRAGMA ignore_check_constraints = ON");
            statement.execute("INSERT INTO other.t VALUES (-1)");
            statement.execute("PRAGMA ignore_check_constraints = OFF");
            for (String sql : new String[] {
                "PRAGMA other.integrity_check",
                "PRAGMA main.integrity_check",
                "PRAGMA integrity_check(100)",
                "SELECT * FROM pragma_integrity_check",
                "SELECT * FROM pragma_integrity_check WHERE schema = 'other'",
                "SELECT * FROM pragma_integrity_check WHERE schema = 'main'",
                "SELECT * FROM pragma_quick_check WHERE schema = 'main'",
                "SELECT count(*) FROM pragma_integrity_check WHERE schema = 'other' AND integrity_check <> 'ok'",
                "SELECT * FROM pragma_integrity_check(100)",
                "SELECT * FROM pragma_integrity_check(NULL, 'other')",
                "SELECT * FROM pragma_integrity_check('t') WHERE schema = 'other'",
                "SELECT count(*) FROM pragma_page_count WHERE schema = 'other'",
                "SELECT * FROM pragma_user_version WHERE schema = 'other'"}) {
                System.out.println(sql + " -> " + answer(statement, sql));
            }
        }
    }

    static String answer(Statement statement, String sql) {
        StringBuilder answer = new StringBuilder();
        try (ResultSet rows = statement.executeQuery(sql)) {
            while (rows.next()) {
                answer.append('[').append(rows.getString(1)).append(']');
            }
            return answer.length() == 0 ? "no row" : answer.toString();
        } catch (SQLException e) {
            return e.getMessage().replaceFirst(".*\\((no such [^)]*)\\).*", "$1");
        }
    }
}
JAVA
cat >expected <<'SEEN'
PRAGMA other.integrity_check -> [CHECK constraint failed in t]
PRAGMA main.integrity_check -> [ok]
PRAGMA integrity_check(100) -> [CHECK constraint failed in t]
SELECT * FROM pragma_integrity_check -> [CHECK constraint failed in t]
SELECT * FROM pragma_integrity_check WHERE schema = 'other' -> no row
SELECT * FROM pragma_integrity_check WHERE schema = 'main' -> no row
SELECT * FROM pragma_quick_check WHERE schema = 'main' -> no row
SELECT count(*) FROM pragma_integrity_check WHERE schema = 'other' AND integrity_check <> 'ok' -> [0]
SELECT * FROM pragma_integrity_check(100) -> no such table: 100
SELECT * FROM pragma_integrity_check(NULL, 'other') -> [CHECK constraint failed in t]
SELECT * FROM pragma_integrity_check('t') WHERE schema = 'other' -> [CHECK constraint failed in t]
SELECT count(*) FROM pragma_page_count WHERE schema = 'other' -> [1]
SELECT * FROM pragma_user_version WHERE schema = 'other' -> no such column: schema
SEEN
javac Check.java
java -cp "lib/*:." Check | tee seen
diff expected seen
