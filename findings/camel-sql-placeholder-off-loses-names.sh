#!/usr/bin/env bash
# Turning camel-sql's placeholder off, which saves a # inside quotes, also turns named parameters off: ":#name" reaches the database as it stands.
#
# Package:   org.apache.camel:camel-sql 4.18.0 with org.xerial:sqlite-jdbc 3.54.1.0 (camel-main, camel-direct 4.18.0)
# Expected:  usePlaceholder is about the single character # ("replace all placeholder characters with ?"); named parameters have an option of their
#            own, allowNamedParameters (default true), so a statement with :#name should go on working, and one of #, in quotes, too.
# Seen:      with usePlaceholder=false "WHERE message = :#wanted" fails in SQLite (unrecognized token: ":"), because names are looked for as
#            ":?name", which they are only after the placeholder was replaced. Written as ":?wanted" the same statement works in both modes.
# Matters:   one option cannot be set for the whole component: of the statements in files some need the placeholder and others must not have it.
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
echo "SELECT group_concat(message) FROM events WHERE message = :#wanted" >hash.sql
echo "SELECT group_concat(message) FROM events WHERE message = :?wanted" >mark.sql
cat >Ask.java <<'JAVA'
import org.apache.camel.impl.DefaultCamelContext;
import org.sqlite.SQLiteDataSource;

public class Ask {
    public static void main(String[] args) throws Exception {
        SQLiteDataSource events = new SQLiteDataSource();
        events.setUrl("jdbc:sqlite:events.db");
        try (var connection = events.getConnection(); var statement = connection.createStatement()) {
            statement.execute("CREATE TABLE events AS SELECT 'spawned' AS message UNION ALL SELECT 'failed'");
        }
        try (var camel = new DefaultCamelContext()) {
            camel.getRegistry().bind("events", events);
            camel.start();
            for (String file : new String[] {"hash.sql", "mark.sql"}) {
                for (String option : new String[] {"", "&usePlaceholder=false", "&usePlaceholder=false&allowNamedParameters=true"}) {
                    var exchange = camel.createFluentProducerTemplate().withHeader("wanted", "failed")
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
hash.sql: failed
hash.sql&usePlaceholder=false: unrecognized token: ":"
hash.sql&usePlaceholder=false&allowNamedParameters=true: unrecognized token: ":"
mark.sql: failed
mark.sql&usePlaceholder=false: failed
mark.sql&usePlaceholder=false&allowNamedParameters=true: failed
SEEN
echo "as stated"
