#!/usr/bin/env bash
# Where a failure happened is known inside a doCatch and forgotten behind it, while the failure itself stays known.
#
# Package:   org.apache.camel:camel-main and camel-direct 4.18.0
# Expected:  the two properties that tell of one failure, CamelExceptionCaught and CamelFailureEndpoint, live equally long: both stay behind the
#            doCatch, as the first one does, or both go.
# Seen:      inside the doCatch both are set. Behind it CamelExceptionCaught still is, and CamelFailureEndpoint is gone; with a doFinally, even an
#            empty one, both stay to its end, and then again only the first one does. CamelFailureRouteId goes the same way.
# Matters:   a step behind the catch that decides by the endpoint (which of two databases failed, say) finds the failure, finds no endpoint, and takes
#            the other branch. It has to be put into a variable inside the doCatch.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

cat >pom.xml <<'POM'
<project><modelVersion>4.0.0</modelVersion><groupId>x</groupId><artifactId>x</artifactId><version>1</version><dependencies>
<dependency><groupId>org.apache.camel</groupId><artifactId>camel-main</artifactId><version>4.18.0</version></dependency>
<dependency><groupId>org.apache.camel</groupId><artifactId>camel-direct</artifactId><version>4.18.0</version></dependency>
<dependency><groupId>org.slf4j</groupId><artifactId>slf4j-simple</artifactId><version>2.0.17</version></dependency>
</dependencies></project>
POM
mvn -q -B org.apache.maven.plugins:maven-dependency-plugin:3.9.0:copy-dependencies -DoutputDirectory=lib
cat >Behind.java <<'JAVA'
import org.apache.camel.Exchange;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;

public class Behind {
    static void say(Exchange exchange, String where) {
        System.out.println("  " + where + ": caught " + (exchange.getProperty(Exchange.EXCEPTION_CAUGHT) != null) + ", endpoint "
                + exchange.getProperty(Exchange.FAILURE_ENDPOINT) + ", route " + exchange.getProperty(Exchange.FAILURE_ROUTE_ID));
    }

    public static void main(String[] args) throws Exception {
        try (var camel = new DefaultCamelContext()) {
            camel.addRoutes(new RouteBuilder() {
                @Override
                public void configure() {
                    errorHandler(noErrorHandler());
                    from("direct:fails").routeId("fails").process(e -> {
                        throw new IllegalStateException("no");
                    });
                    from("direct:caught").routeId("caught").doTry().to("direct:fails").doCatch(Exception.class).process(e -> say(e, "inside the catch"))
                            .end().process(e -> say(e, "behind it"));
                    from("direct:finally").routeId("finally").doTry().to("direct:fails").doCatch(Exception.class).process(e -> say(e, "inside the catch"))
                            .doFinally().process(e -> say(e, "in the finally")).end().process(e -> say(e, "behind it"));
                }
            });
            camel.start();
            for (String route : new String[] {"caught", "finally"}) {
                System.out.println(route);
                camel.createFluentProducerTemplate().to("direct:" + route).send();
            }
        }
    }
}
JAVA
java -cp "lib/*" Behind.java 2>/dev/null | tee seen
diff seen - <<'SEEN'
caught
  inside the catch: caught true, endpoint direct://fails, route caught
  behind it: caught true, endpoint null, route null
finally
  inside the catch: caught true, endpoint direct://fails, route finally
  in the finally: caught true, endpoint direct://fails, route finally
  behind it: caught true, endpoint null, route null
SEEN
