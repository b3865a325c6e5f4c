#!/usr/bin/env bash
# Camel's circuit breaker swallows an exception that it was told to ignore: the route goes on as if the call had worked.
#
# Package:   org.apache.camel:camel-resilience4j 4.18.0 (camel-core-model and camel-yaml-dsl of the same)
# Expected:  "ignoreExceptions: exceptions that are ignored and neither count as a success nor failure", as in Resilience4j itself, where the
#            exception still reaches the caller. "recordExceptions" alone: others are not counted, and reach the caller.
# Seen:      in all three breakers the exception is gone, onFallback is not called, and the step after the breaker runs with no trace of it:
#            ignoreException names it, recordException names another one, and the same without a fallback.
#            A breaker without either list calls the fallback.
# Matters:   a route whose next step acknowledges what was stored acknowledges what was not.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

cat >pom.xml <<'POM'
<project><modelVersion>4.0.0</modelVersion><groupId>x</groupId><artifactId>x</artifactId><version>1</version><dependencies>
<dependency><groupId>org.apache.camel</groupId><artifactId>camel-main</artifactId><version>4.18.0</version></dependency>
<dependency><groupId>org.apache.camel</groupId><artifactId>camel-direct</artifactId><version>4.18.0</version></dependency>
<dependency><groupId>org.apache.camel</groupId><artifactId>camel-resilience4j</artifactId><version>4.18.0</version></dependency>
</dependencies></project>
POM
mvn -q -B org.apache.maven.plugins:maven-dependency-plugin:3.9.0:copy-dependencies -DoutputDirectory=lib
cat >Ask.java <<'JAVA'
import java.util.List;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;

public class Ask {
    public static void main(String[] args) throws Exception {
        try (var camel = new DefaultCamelContext()) {
            camel.addRoutes(new RouteBuilder() {
                @Override
                public void configure() {
                    from("direct:neither").circuitBreaker().throwException(new IllegalStateException("not stored"))
                            .onFallback().setBody(constant("fallback")).end().process(Ask::report);
                    from("direct:ignore").circuitBreaker().resilience4jConfiguration().ignoreException(IllegalStateException.class).end()
                            .throwException(new IllegalStateException("not stored"))
                            .onFallback().setBody(constant("fallback")).end().process(Ask::report);
                    from("direct:record-other").circuitBreaker().resilience4jConfiguration().recordException(java.io.IOException.class).end()
                            .throwException(new IllegalStateException("not stored"))
                            .onFallback().setBody(constant("fallback")).end().process(Ask::report);
                    from("direct:ignore-without-fallback").circuitBreaker().resilience4jConfiguration()
                            .ignoreException(IllegalStateException.class).end()
                            .throwException(new IllegalStateException("not stored")).end().process(Ask::report);
                }
            });
            camel.start();
            for (String name : List.of("neither", "ignore", "record-other", "ignore-without-fallback")) {
                var exchange = camel.createFluentProducerTemplate().withBody("chunk").to("direct:" + name).send();
                System.out.println(name + ": body " + exchange.getMessage().getBody() + ", went on " + exchange.getProperty("wentOn")
                        + ", exception " + exchange.getException());
            }
        }
    }

    static void report(org.apache.camel.Exchange exchange) {
        exchange.setProperty("wentOn", true);
    }
}
JAVA
java -cp "lib/*" Ask.java 2>/dev/null | tee seen
diff seen - <<'SEEN'
neither: body fallback, went on true, exception null
ignore: body chunk, went on true, exception null
record-other: body chunk, went on true, exception null
ignore-without-fallback: body chunk, went on true, exception null
SEEN
echo "as stated"
