#!/usr/bin/env bash
# The text of a REAL depends on SQLite's release, and between two releases it depends on who prints it.
#
# Package:   org.xerial:sqlite-jdbc 3.51.3.0, 3.53.0.0, 3.54.1.0 (each holds the SQLite of its number)
# Expected:  a value has one text: 15 significant digits, as SQLite has printed for twenty years ("0.3", "1.0e+15").
# Seen:      3.51.3  0.1+0.2 is 0.3                  json_array(1e15) is [1.0e+15]             1e15 is 1.0e+15
#            3.53.0  0.1+0.2 is 0.30000000000000004  json_array(1e15) is [1.0e+15]             1e15 is 1000000000000000.0
#            3.54.1  0.1+0.2 is 0.30000000000000004  json_array(1e15) is [1000000000000000.0]  1e15 is 1000000000000000.0
#            In 3.53.0 json_array(0.1+0.2) still is [0.3], so one query gives two texts of one number.
# Matters:   sums compared, hashed, grouped or exported as text differ between a shell and a driver on the same file.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

cat >Ask.java <<'JAVA'
import java.sql.DriverManager;

public class Ask {
    public static void main(String[] args) throws Exception {
        try (var connection = DriverManager.getConnection("jdbc:sqlite::memory:"); var statement = connection.createStatement();
                var row = statement.executeQuery("SELECT sqlite_version(), CAST(0.1 + 0.2 AS TEXT), json_array(0.1 + 0.2), CAST(1e15 AS TEXT), json_array(1e15)")) {
            System.out.println(row.getString(1) + " " + row.getString(2) + " " + row.getString(3) + " " + row.getString(4) + " " + row.getString(5));
        }
    }
}
JAVA
for artifact in org.slf4j:slf4j-api:2.0.17 org.xerial:sqlite-jdbc:{3.51.3.0,3.53.0.0,3.54.1.0}; do
    mvn -q -B org.apache.maven.plugins:maven-dependency-plugin:3.9.0:copy -Dartifact="$artifact" -DoutputDirectory="$work"
done
for release in 3.51.3.0 3.53.0.0 3.54.1.0; do
    java -cp "sqlite-jdbc-$release.jar:slf4j-api-2.0.17.jar" Ask.java 2>/dev/null
done | tee seen
diff seen - <<'SEEN'
3.51.3 0.3 [0.3] 1.0e+15 [1.0e+15]
3.53.0 0.30000000000000004 [0.3] 1000000000000000.0 [1.0e+15]
3.54.1 0.30000000000000004 [0.30000000000000004] 1000000000000000.0 [1000000000000000.0]
SEEN
echo "as stated"
