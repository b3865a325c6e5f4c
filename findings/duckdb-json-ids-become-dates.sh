#!/usr/bin/env bash
# DuckDB takes two ids of a JSONL file for one if all ids look like dates or times: the JSON strings are rewritten.
#
# Package:   org.duckdb:duckdb_jdbc 1.5.6.0 (the same in 1.3.2.0)
# Expected:  a JSON string stays the text that it is. JSON has no dates, and CSV sniffing has no business in a typed format.
# Seen:      "2026-11-3" and "2026-11-03" both become DATE 2026-11-03, and GROUP BY adds up what belongs to two ids. "1:2:3" becomes TIME
#            01:02:03. A "timestamp" whose lines name different offsets becomes TIMESTAMP in UTC, and the offset is gone; one line
#            among them without an offset, in the sample, leaves the whole column VARCHAR. So adding one line to a file changes the
#            type, and with it the text, of all others.
# Matters:   ids are identity; a query over the files joins other rows than one over an index of them.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

mvn -q -B org.apache.maven.plugins:maven-dependency-plugin:3.9.0:copy -Dartifact=org.duckdb:duckdb_jdbc:1.5.6.0 -DoutputDirectory="$work"
cat >ids.jsonl <<'JSONL'
{"task_id":"2026-11-3","worker_id":"1:2:3","timestamp":"2026-11-22T23:30:00+02:00","cost":1}
{"task_id":"2026-11-03","worker_id":"01:02:03","timestamp":"2026-11-22T23:30:00-05:00","cost":2}
JSONL
{ cat ids.jsonl; echo '{"task_id":"gh-1","worker_id":"w-1","timestamp":"2026-11-22T23:30:00","cost":4}'; } >one-more.jsonl
cat >Ask.java <<'JAVA'
import java.sql.DriverManager;

public class Ask {
    public static void main(String[] args) throws Exception {
        try (var connection = DriverManager.getConnection("jdbc:duckdb:"); var statement = connection.createStatement()) {
            for (String file : args) {
                try (var row = statement.executeQuery("SELECT task_id, worker_id, CAST(max(timestamp) AS VARCHAR), sum(cost) FROM '" + file + "' GROUP BY ALL ORDER BY ALL")) {
                    while (row.next()) {
                        System.out.println(file + ": " + row.getString(1) + " " + row.getString(2) + " " + row.getString(3) + " " + row.getString(4));
                    }
                }
            }
        }
    }
}
JAVA
java -cp "duckdb_jdbc-1.5.6.0.jar" Ask.java ids.jsonl one-more.jsonl | tee seen
diff seen - <<'SEEN'
ids.jsonl: 2026-11-03 01:02:03 2026-11-23 04:30:00 3
one-more.jsonl: 2026-11-03 01:02:03 2026-11-22T23:30:00-05:00 2
one-more.jsonl: 2026-11-3 1:2:3 2026-11-22T23:30:00+02:00 1
one-more.jsonl: gh-1 w-1 2026-11-22T23:30:00 4
SEEN
echo "as stated"
