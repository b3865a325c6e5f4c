#!/usr/bin/env bash
# The endpoint that Camel names after a failure is not the URI that the route wrote: dataSource=#local is kept as dataSource=%23local, while the
# endpoint that a log or a route dump shows may keep the #, so a condition that asks which data source failed never holds.
#
# Package:   org.apache.camel:camel-sql 4.18.0 with org.xerial:sqlite-jdbc 3.54.1.0 (camel-main, camel-direct 4.18.0)
# Expected:  "CamelFailureEndpoint: the endpoint URI that the exchange failed at" is the URI of the step, in which a bean is referred to as #local.
# Seen:      in doCatch the property is sql://...?dataSource=%23local, for a step written sql:...?dataSource=#local; contains("#local") is false.
#            In the model of the same route the step is still sql:...?dataSource=#local.
# Matters:   with two stores behind the same statements this is the only thing that tells on which of them a step failed; both answers looked like "the
#            other one", and the wrong store was judged.
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
cat >Ask.java <<'JAVA'
import org.apache.camel.Exchange;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.sqlite.SQLiteDataSource;

public class Ask {
    public static void main(String[] args) throws Exception {
        SQLiteDataSource local = new SQLiteDataSource();
        local.setUrl("jdbc:sqlite:local.db");
        try (var camel = new DefaultCamelContext()) {
            camel.getRegistry().bind("local", local);
            camel.addRoutes(new RouteBuilder() {
                @Override
                public void configure() {
                    from("direct:ask").doTry().to("sql:DELETE FROM nothing?dataSource=#local").doCatch(Exception.class)
                            .setBody(exchangeProperty(Exchange.FAILURE_ENDPOINT)).end();
                }
            });
            camel.start();
            System.out.println(camel.createProducerTemplate().requestBody("direct:ask", null, String.class));
            var step = (org.apache.camel.model.SendDefinition<?>) camel.getRouteDefinitions().get(0).getOutputs().get(0).getOutputs().get(0);
            System.out.println(step.getUri());
        }
    }
}
JAVA
java -cp "lib/*" Ask.java 2>/dev/null | tee seen
diff seen - <<'SEEN'
sql://DELETE%20FROM%20nothing?dataSource=%23local
sql:DELETE FROM nothing?dataSource=#local
SEEN
echo "as stated"
