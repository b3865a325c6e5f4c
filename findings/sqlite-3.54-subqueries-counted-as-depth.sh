#!/usr/bin/env bash
# SQLite 3.54 refuses a flat statement as "nested too deep": it counts how often WITH queries are named, copies inside copies too, up to a thousand.
#
# Package:   org.xerial:sqlite-jdbc 3.54.1.0 (SQLite 3.54.1), beside 3.53.0.0 (SQLite 3.53.0)
# Expected:  a MATERIALIZED query of WITH is computed once however often it is named; and what 3.53 compiles, 3.54 compiles.
# Seen:      600 columns that each name one WITH query, nested two deep: 3.53.0 compiles them, 3.54.1 fails: "VIEWs and/or subqueries nested too deep".
#            A chain nested 900 deep, each step naming the one before it once, is fine with both. A chain of ten steps naming it twice is not: the text
#            of a step is taken apart anew wherever it is named, so ten steps are 2^10 copies, though the program that comes out holds each step once
#            and grows by 26 instructions a step. 3.53.0 compiles it, and each further step doubles the time to do so: 14 take about a second.
# Matters:   a question over many attached databases, or ten readable steps in one WITH, stop working with a minor upgrade, with a sentence about
#            depth that sends its reader looking for nesting. EXPLAIN and the time to run show nothing of what compiling costs.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

cat >Name.java <<'JAVA'
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;

public class Name {
    static String chain(int steps, int mentions) {
        StringBuilder sql = new StringBuilder("WITH s0 AS MATERIALIZED (SELECT x FROM t)");
        for (int i = 1; i < steps; i++) {
            sql.append(", s" + i + " AS MATERIALIZED (SELECT x FROM s" + (i - 1) + " AS this WHERE true");
            sql.append((" AND NOT EXISTS (SELECT 1 FROM s" + (i - 1) + " WHERE x > this.x)").repeat(mentions - 1)).append(")");
        }
        return sql + " SELECT count(*) FROM s" + (steps - 1);
    }

    static String flat(int columns) {
        return "WITH s AS MATERIALIZED (SELECT x FROM t) SELECT 1" + ", (SELECT count(*) FROM s)".repeat(columns);
    }

    static void compile(Statement statement, String what, String sql) {
        int instructions = 0;
        try (var rows = statement.executeQuery("EXPLAIN " + sql)) {
            while (rows.next()) {
                instructions++;
            }
            System.out.println(what + (what.startsWith("two") ? ": " + instructions + " instructions" : ": compiled"));
        } catch (SQLException e) {
            System.out.println(what + ": " + e.getMessage().replaceAll(".*\\((.*)\\)", "$1"));
        }
    }

    public static void main(String[] args) throws Exception {
        try (Connection memory = DriverManager.getConnection("jdbc:sqlite::memory:"); Statement statement = memory.createStatement()) {
            System.out.println("SQLite " + memory.getMetaData().getDatabaseProductVersion());
            statement.execute("CREATE TABLE t (x)");
            for (int columns : new int[] {400, 600}) {
                compile(statement, columns + " columns that name one query", flat(columns));
            }
            compile(statement, "900 steps that name the one before once", chain(900, 1));
            for (int steps = 8; steps <= 11; steps++) {
                compile(statement, "two mentions, " + steps + " steps", chain(steps, 2));
            }
        }
    }
}
JAVA
for version in 3.53.0.0 3.54.1.0; do
    cat >pom.xml <<POM
<project><modelVersion>4.0.0</modelVersion><groupId>x</groupId><artifactId>x</artifactId><version>1</version><dependencies>
<dependency><groupId>org.xerial</groupId><artifactId>sqlite-jdbc</artifactId><version>$version</version></dependency>
<dependency><groupId>org.slf4j</groupId><artifactId>slf4j-nop</artifactId><version>2.0.17</version></dependency>
</dependencies></project>
POM
    mvn -q -B org.apache.maven.plugins:maven-dependency-plugin:3.9.0:copy-dependencies -DoutputDirectory="lib-$version"
    java -Xss64m -cp "lib-$version/*" Name.java
done | sed 's/\x1b\[[0-9;]*m//g' | tee seen
diff seen - <<'SEEN'
SQLite 3.53.0
400 columns that name one query: compiled
600 columns that name one query: compiled
900 steps that name the one before once: compiled
two mentions, 8 steps: 206 instructions
two mentions, 9 steps: 232 instructions
two mentions, 10 steps: 258 instructions
two mentions, 11 steps: 284 instructions
SQLite 3.54.1
400 columns that name one query: compiled
600 columns that name one query: VIEWs and/or subqueries nested too deep
900 steps that name the one before once: compiled
two mentions, 8 steps: 206 instructions
two mentions, 9 steps: 232 instructions
two mentions, 10 steps: VIEWs and/or subqueries nested too deep
two mentions, 11 steps: VIEWs and/or subqueries nested too deep
SEEN
