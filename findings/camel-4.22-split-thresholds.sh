#!/usr/bin/env bash
# Camel 4.22's split stops at its error thresholds where its own documentation says that it goes on.
#
# Package:   org.apache.camel:camel-core-model, camel-core-processor (by camel-main) and camel-direct 4.22.0
# Expected:  errorThreshold: "0.1 means abort if more than 10% of items fail"; maxFailedRecords: abort "when the count is exceeded".
# Seen:      10 items, of which only the first fails, errorThreshold 0.5: aborted after 1 item, nine never tried; if only the last one fails,
#            all ten are done. The share is taken of the items so far, at each failure, also for a list whose size is known.
#            maxFailedRecords 2 with two failures aborts: the limit is reached, not exceeded. errorThreshold 0.5 aborts at 3 of 6, not over a half.
#            With group 5 and maxFailedRecords 2, five bad records of one group count as 1: records are not what is counted.
# Matters:   "tolerate 1 % of bad lines" by these options stops at the first line of a file if that one is bad, a header say.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

cat >pom.xml <<'POM'
<project><modelVersion>4.0.0</modelVersion><groupId>x</groupId><artifactId>x</artifactId><version>1</version><dependencies>
<dependency><groupId>org.apache.camel</groupId><artifactId>camel-main</artifactId><version>4.22.0</version></dependency>
<dependency><groupId>org.apache.camel</groupId><artifactId>camel-direct</artifactId><version>4.22.0</version></dependency>
</dependencies></project>
POM
mvn -q -B org.apache.maven.plugins:maven-dependency-plugin:3.9.0:copy-dependencies -DoutputDirectory=lib
cat >Ask.java <<'JAVA'
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;

public class Ask {
    static Set<Integer> bad;

    public static void main(String[] args) throws Exception {
        try (var camel = new DefaultCamelContext()) {
            camel.addRoutes(new RouteBuilder() {
                @Override
                public void configure() {
                    errorHandler(noErrorHandler());
                    from("direct:errorThreshold-0.5").split(body()).errorThreshold(0.5).process(Ask::store).end();
                    from("direct:maxFailedRecords-2").split(body()).maxFailedRecords(2).process(Ask::store).end();
                    from("direct:group-5-maxFailedRecords-2").split(body()).group(5).maxFailedRecords(2).process(Ask::store).end();
                }
            });
            camel.start();
            ask(camel, "errorThreshold-0.5", Set.of(1));
            ask(camel, "errorThreshold-0.5", Set.of(10));
            ask(camel, "errorThreshold-0.5", Set.of(4, 5, 6));
            ask(camel, "maxFailedRecords-2", Set.of(4, 5));
            ask(camel, "group-5-maxFailedRecords-2", Set.of(1, 2, 3, 4, 5));
        }
    }

    static void ask(DefaultCamelContext camel, String route, Set<Integer> failing) {
        bad = failing;
        var exchange = camel.createFluentProducerTemplate().withBody(IntStream.rangeClosed(1, 10).boxed().toList()).to("direct:" + route).send();
        System.out.println(route + ", bad " + new TreeSet<>(failing) + ": " + exchange.getProperty("CamelSplitResult"));
    }

    static void store(org.apache.camel.Exchange exchange) {
        Object body = exchange.getMessage().getBody();
        if ((body instanceof List<?> group ? group : List.of(body)).stream().anyMatch(bad::contains)) {
            throw new IllegalStateException("bad");
        }
    }
}
JAVA
java -cp "lib/*" Ask.java 2>/dev/null | tee seen
diff seen - <<'SEEN'
errorThreshold-0.5, bad [1]: SplitResult[total=10, processed=1, success=0, failures=1, aborted=true]
errorThreshold-0.5, bad [10]: SplitResult[total=10, processed=10, success=9, failures=1, aborted=false]
errorThreshold-0.5, bad [4, 5, 6]: SplitResult[total=10, processed=6, success=3, failures=3, aborted=true]
maxFailedRecords-2, bad [4, 5]: SplitResult[total=10, processed=5, success=3, failures=2, aborted=true]
group-5-maxFailedRecords-2, bad [1, 2, 3, 4, 5]: SplitResult[total=2, processed=2, success=1, failures=1, aborted=false]
SEEN
echo "as stated"
