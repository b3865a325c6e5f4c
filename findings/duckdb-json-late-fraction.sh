#!/usr/bin/env bash
# DuckDB silently rounds dollars in a JSONL file if the first 20,480 of them happen to be whole.
#
# Package:   org.duckdb:duckdb_jdbc 1.5.6.0 (the same in 1.3.2.0)
# Expected:  a column that has only whole numbers in the sample and a fraction later is read as what it says, or the query fails
#            and asks for a larger sample, as it does if a text comes where numbers were.
# Seen:      types are guessed from the first 20,480 records. 30,000 records of "cost":1 and then two of "cost":0.45 give BIGINT, and
#            each 0.45 is 0 without a word: sum(cost) is 30000 where 30000.9 is right. "cost":true counts as 1.
#            With columns = {cost: 'DOUBLE'} the sum is right.
# Matters:   whoever asks the JSONL files themselves what a month cost, beside any index of them, gets another sum.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

mvn -q -B org.apache.maven.plugins:maven-dependency-plugin:3.9.0:copy -Dartifact=org.duckdb:duckdb_jdbc:1.5.6.0 -DoutputDirectory="$work"
awk 'BEGIN { for (i = 0; i < 30000; i++) print "{\"cost\":1}"; print "{\"cost\":0.45}"; print "{\"cost\":0.45}" }' >fractions.jsonl
awk 'BEGIN { for (i = 0; i < 30000; i++) print "{\"cost\":1}"; print "{\"cost\":true}" }' >truth.jsonl
cat >Ask.java <<'JAVA'
import java.sql.DriverManager;

public class Ask {
    public static void main(String[] args) throws Exception {
        try (var connection = DriverManager.getConnection("jdbc:duckdb:"); var statement = connection.createStatement()) {
            for (String from : args) {
                try (var row = statement.executeQuery("SELECT typeof(any_value(cost)), sum(cost) FROM " + from)) {
                    row.next();
                    System.out.println(row.getString(1) + " " + row.getString(2) + " from " + from);
                }
            }
        }
    }
}
JAVA
java -cp "duckdb_jdbc-1.5.6.0.jar" Ask.java "'fractions.jsonl'" "'truth.jsonl'" "read_json('fractions.jsonl', columns = {cost: 'DOUBLE'})" | tee seen
diff seen - <<'SEEN'
BIGINT 30000 from 'fractions.jsonl'
BIGINT 30001 from 'truth.jsonl'
DOUBLE 30000.9 from read_json('fractions.jsonl', columns = {cost: 'DOUBLE'})
SEEN
echo "as stated"
