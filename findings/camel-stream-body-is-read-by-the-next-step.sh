#!/usr/bin/env bash
# A stream that a step of a Camel route sets as body has been read to its end before the next step runs, whatever that step does.
#
# Package:   org.apache.camel:camel-core-engine (by camel-main) and camel-direct 4.18.0
# Expected:  an InputStream stays what it is until somebody reads it; setHeader behind setBody does not look at the body.
# Seen:      with setBody as the last step nothing of the stream has been read when the exchange comes back. With a setHeader behind it all
#            300,000 bytes have been, and the body is a copy of them in memory, an InputStreamCache: stream caching, which is on by default, takes
#            effect between two steps. streamCache("false") at the route leaves the stream alone.
# Matters:   a route that answers with a stream which goes on (an event stream, a long list) has it in memory first, and one
#            without an end is never answered, as soon as its author adds a header below the body.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

cat >pom.xml <<'POM'
<project><modelVersion>4.0.0</modelVersion><groupId>x</groupId><artifactId>x</artifactId><version>1</version><dependencies>
<dependency><groupId>org.apache.camel</groupId><artifactId>camel-main</artifactId><version>4.18.0</version></dependency>
<dependency><groupId>org.apache.camel</groupId><artifactId>camel-direct</artifactId><version>4.18.0</version></dependency>
</dependencies></project>
POM
mvn -q -B org.apache.maven.plugins:maven-dependency-plugin:3.9.0:copy-dependencies -DoutputDirectory=lib
cat >Ask.java <<'JAVA'
import java.io.InputStream;
import org.apache.camel.Exchange;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;

public class Ask {
    static int read;

    public static void main(String[] args) throws Exception {
        try (var camel = new DefaultCamelContext()) {
            camel.addRoutes(new RouteBuilder() {
                @Override
                public void configure() {
                    from("direct:body-last").setHeader("Content-Type", constant("text/csv")).setBody(Ask::stream);
                    from("direct:header-last").setBody(Ask::stream).setHeader("Content-Type", constant("text/csv"));
                    from("direct:header-last-without-caching").streamCache("false").setBody(Ask::stream).setHeader("Content-Type", constant("text/csv"));
                }
            });
            camel.start();
            for (String route : new String[] {"body-last", "header-last", "header-last-without-caching"}) {
                read = 0;
                Exchange exchange = camel.createFluentProducerTemplate().to("direct:" + route).send();
                System.out.println(route + ": " + read + " bytes were read, and the body is " + kind(exchange.getMessage().getBody()));
            }
        }
    }

    static String kind(Object body) {
        return body.getClass().getName().startsWith("Ask") ? "the stream" : "a " + body.getClass().getSimpleName();
    }

    static Object stream(Exchange exchange) {
        return new InputStream() {
            @Override
            public int read() {
                return read < 300_000 ? read++ & 0x7f : -1;
            }
        };
    }
}
JAVA
java -cp "lib/*" Ask.java 2>/dev/null | tee seen
diff seen - <<'SEEN'
body-last: 0 bytes were read, and the body is the stream
header-last: 300000 bytes were read, and the body is a InputStreamCache
header-last-without-caching: 0 bytes were read, and the body is the stream
SEEN
echo "as stated"
