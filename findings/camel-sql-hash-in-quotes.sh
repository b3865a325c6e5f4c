#!/usr/bin/env bash
# A # inside quotes of a statement that Camel runs becomes a question mark: a search for '#450' finds what says '?450', and no error is raised.
#
# Package:   org.apache.camel:camel-sql 4.18.0 with org.xerial:sqlite-jdbc 3.54.1.0 (camel-main, camel-direct 4.18.0)
# Expected:  "placeholder: specifies a character that will be replaced to ? in SQL query" is about parameters; a JDBC driver leaves ? in a
#            string literal alone, so whoever reads the documentation expects the same of #.
# Seen:      SELECT count(*) FROM events WHERE message LIKE '%#450%' counts 1 of the two rows 'issue #450' and 'issue ?450', and it is the wrong one.
#            SQLite's JSON path for the last element, '$[#-1]', fails ("bad JSON path: '$[?-1]'"). With usePlaceholder=false both are right.
# Matters:   issue numbers are written #450, and statements in files are edited by people who do not know of a placeholder.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

cat >pom.xml <<'POM'
<project><modelVersion>4.0.0</modelVersion><groupId>x</groupId><artifactId>x</artifactId><version>1</version><dependencies>
<dependency><groupId>org.apache.camel</groupId><artifactId>camel-main</artifactId><version>4.18.0</version></dependency>
<dependency><groupId>org.apache.camel</groupId><artifactId>camel-direct</artifactId><version>4.18.0</version></dependency>
<dependency><groupId>org.apache.camel</groupId><artifactId>camel-sql</artifactId><version>4.18.0</version></dependency>
<dependency><groupId>org.xerial</groupId><artifactId>sqlite-jdbc</artifactId><version>3.54.1.0</version></dependency>
</dependencies></project>
POM
mvn -q -B org.apache.maven.plugins:maven-dependency-plugin:3.9.0:copy-dependencies -DoutputDirectory=lib
echo "SELECT group_concat(message) FROM events WHERE message LIKE '%#450%'" >search.sql
echo "SELECT json_extract('[1,2,3]', '\$[#-1]')" >last.sql
cat >Ask.java <<'JAVA'
import org.apache.camel.impl.DefaultCamelContext;
import org.sqlite.SQLiteDataSource;

public class Ask {
    public static void main(String[] args) throws Exception {
        SQLiteDataSource events = new SQLiteDataSource();
        events.setUrl("jdbc:sqlite:events.db");
        try (var connection = events.getConnection(); var statement = connection.createStatement()) {
            statement.execute("CREATE TABLE events AS SELECT 'issue #450' AS message UNION ALL SELECT 'issue ?450'");
        }
        try (var camel = new DefaultCamelContext()) {
            camel.getRegistry().bind("events", events);
            camel.start();
            for (String file : new String[] {"search.sql", "last.sql"}) {
                for (String option : new String[] {"", "&usePlaceholder=false"}) {
                    var exchange = camel.createFluentProducerTemplate()
                            .to("sql:file:" + file + "?dataSource=#events&outputType=SelectOne" + option).send();
                    Throwable failure = exchange.getException();
                    while (failure != null && failure.getCause() != null) {
                        failure = failure.getCause();
                    }
                    System.out.println(file + option + ": " + (failure == null ? exchange.getMessage().getBody() : failure.getMessage().replaceAll(".*\\((.*)\\)", "$1")));
                }
            }
        }
    }
}
JAVA
java -cp "lib/*" Ask.java 2>/dev/null | tee seen
diff seen - <<'SEEN'
search.sql: issue ?450
search.sql&usePlaceholder=false: issue #450
last.sql: bad JSON path: '$[?-1]'
last.sql&usePlaceholder=false: 3
SEEN
echo "as stated"
