#!/usr/bin/env bash
# A failure inside doFinally is dropped without a word if something had failed before, and a failure that was caught still looks like one.
#
# Package:   org.apache.camel:camel-main and camel-direct 4.18.0
# Expected:  as in Java: what a finally block throws takes the place of what was thrown before (or is kept as suppressed); and behind a doTry whose
#            doCatch has handled its failure, CamelExceptionCaught says nothing of a failure.
# Seen:      the exchange ends with the first failure; the second is neither thrown, suppressed nor logged, and the other steps of the doFinally behind it
#            do not run. A failure that an inner doCatch has dealt with leaves CamelExceptionCaught set: a doFinally around it finds it there
#            though nothing failed, as it would find one that goes on.
# Matters:   a doFinally that closes, reports or counts must not lean on that property to learn whether its doTry failed, unless the route removes it;
#            and what fails in the doFinally itself has to be caught and said there, or nobody hears of it.
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
cat >Finally.java <<'JAVA'
import org.apache.camel.Exchange;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;

public class Finally {
    static void say(Exchange exchange, String where) {
        Throwable caught = exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Throwable.class);
        System.out.println("  " + where + ": CamelExceptionCaught is " + (caught == null ? "not set" : caught.getMessage()));
    }

    public static void main(String[] args) throws Exception {
        try (var camel = new DefaultCamelContext()) {
            camel.addRoutes(new RouteBuilder() {
                @Override
                public void configure() {
                    errorHandler(noErrorHandler());
                    from("direct:both-fail").doTry().process(e -> fail("first")).doFinally().process(e -> say(e, "finally")).process(e -> fail("second"))
                            .process(e -> say(e, "behind the second")).end();
                    from("direct:only-finally-fails").doTry().process(e -> { }).doFinally().process(e -> say(e, "finally")).process(e -> fail("second")).end();
                    from("direct:catch").doTry().process(e -> fail("caught")).doCatch(Exception.class).process(e -> { }).end();
                    from("direct:caught-inside").doTry().to("direct:catch").process(e -> say(e, "behind the catch")).doFinally().process(e -> say(e, "finally")).end();
                }

                void fail(String message) {
                    throw new IllegalStateException(message);
                }
            });
            camel.start();
            for (String route : new String[] {"both-fail", "only-finally-fails", "caught-inside"}) {
                System.out.println(route);
                Exception failure = camel.createFluentProducerTemplate().to("direct:" + route).send().getException();
                System.out.println("  ends with " + (failure == null ? "no failure" : failure.getMessage() + ", suppressed: " + failure.getSuppressed().length));
            }
        }
    }
}
JAVA
java -cp "lib/*" Finally.java 2>log | tee seen
echo "lines of the log that name the second: $(grep -c second log || true)" | tee -a seen
diff seen - <<'SEEN'
both-fail
  finally: CamelExceptionCaught is first
  ends with first, suppressed: 0
only-finally-fails
  finally: CamelExceptionCaught is not set
  ends with second, suppressed: 0
caught-inside
  behind the catch: CamelExceptionCaught is caught
  finally: CamelExceptionCaught is caught
  ends with no failure
lines of the log that name the second: 0
SEEN
